// One submission on the Generate view: its tiles and how it fares.

import { post } from './api.js';
import { announce, button, h, problem, put, text } from './dom.js';
import { plural, stateName } from './format.js';
import { tile } from './tile.js';
import { ended, itemPages, watchJob } from './watch.js';

/** Shows a job from its first moment to its end. `open(item, model)` shows a picture large. */
export function run(job, open) {
    const stop = new AbortController();
    const status = h('p', { class: 'run-status' }, stateName(job.status));
    const lost = h('p', { class: 'run-lost', hidden: true }, 'Connection lost, trying again. The job goes on meanwhile.');
    const cancel = button('Cancel', () => post(`/v1/jobs/${job.id}/cancel`).then(j => update(j), fail), { class: 'small quiet' });
    const prompt = h('h2', { class: 'run-prompt' }, '\u00a0');
    const total = job.counts.total;
    const tiles = new Map();
    const list = h('ul', { class: 'tiles', 'data-count': Math.min(total, 5) },
        ...Array.from({ length: Math.min(total, 100) }, () => h('li', { class: 'tile', 'data-state': 'queued' }, h('span', { class: 'frame' }), h('div', { class: 'tile-foot' }, '\u00a0'))));
    const node = h('article', { class: 'run', 'aria-label': 'Pictures of the newest request' },
        prompt,
        h('div', { class: 'run-line' }, status, h('a', { href: `#jobs/${job.id}` }, 'Show the job'), cancel),
        lost,
        list);

    function update(next) {
        const { done, failed, queued, running } = next.counts;
        put(cancel, 'hidden', ended(next.status));
        const words = ended(next.status)
            ? next.status === 'done' ? plural(done, 'picture') : `${stateName(next.status)}: ${done} of ${plural(total, 'picture')} made${failed ? `, ${failed} failed` : ''}`
            : `${done} of ${plural(total, 'picture')} made${running ? `, ${running} in work` : ''}${queued ? `, ${queued} waiting` : ''}`;
        if (status.textContent !== words && (ended(next.status) || done > 0))
            announce(words);
        text(status, words);
    }

    function fail(error) {
        node.append(problem(error));
    }

    async function start() {
        try {
            for await (const items of itemPages(job.id, 100, stop.signal)) {
                const shown = items.map(item => {
                    const made = tile(item, whole => open(whole, job.model));
                    tiles.set(item.index, made);
                    return made.node;
                });
                text(prompt, items[0]?.request.prompt ?? '');
                list.replaceChildren(...shown);
                break;
            }
            await watchJob(job.id, {
                signal: stop.signal,
                onJob: update,
                onItem: event => tiles.get(event.index)?.update(event),
                onState: state => put(lost, 'hidden', state === 'live'),
            });
            put(lost, 'hidden', true);
        } catch (error) {
            if (!stop.signal.aborted)
                fail(error);
        }
    }

    update(job);
    start();
    return {
        node,
        stop: () => stop.abort(),
    };
}
