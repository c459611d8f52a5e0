// The items of an opened job: a page at a time, followed while the job runs.

import { button, empty, h, problem, put, text } from './dom.js';
import { count, duration, stageName, stateName } from './format.js';
import { stillImage } from './picture.js';
import { ended, itemOf, itemPages, watchJob } from './watch.js';

/** Fills `place`. `changed(job)` hears of new counts; `open(item, model)` shows a picture large. Gives a function that stops it. */
export function jobItems(place, job, changed, open) {
    const stop = new AbortController();
    const rows = new Map();
    const list = h('ol', { class: 'items', 'aria-label': 'Items' });
    const below = h('div', { class: 'more' });
    const pages = itemPages(job.id, 25, stop.signal);
    const more = button('More items', next);
    place.replaceChildren(h('p', { class: 'hint' }, 'Loading…'));
    start();

    async function start() {
        try {
            await next();
            if (!ended(job.status))
                await watchJob(job.id, {
                    signal: stop.signal,
                    onJob: changed,
                    onItem: event => rows.get(event.index)?.update(event),
                });
        } catch (error) {
            if (!stop.signal.aborted)
                place.append(problem(error, start));
        }
    }

    async function next() {
        const { value: items = [], done } = await pages.next();
        if (rows.size === 0)
            place.replaceChildren(list, below);
        for (const item of items) {
            const row = itemRow(item, whole => open(whole, job.model));
            rows.set(item.index, row);
            list.append(row.node);
        }
        below.replaceChildren(...rows.size === 0 ? [empty('No items.')] : !done && items.length > 0 && rows.size < job.counts.total ? [more] : []);
    }

    return () => stop.abort();
}

function itemRow(item, open) {
    const picture = h('div', { class: 'item-picture' });
    const state = h('span', { class: 'pill' });
    const note = h('p', { class: 'hint item-note' });
    const node = h('li', { class: 'item' },
        h('span', { class: 'item-index' }, count(item.index + 1)),
        picture,
        h('div', { class: 'item-text' }, h('p', { class: 'item-prompt' }, item.request.prompt), note),
        state);
    update(item);

    function update(event) {
        const before = item.state;
        item = { ...item, ...event };
        text(state, stateName(item.state));
        state.dataset.status = item.state;
        text(note, noteOf(item));
        put(note, 'class', item.state === 'failed' ? 'hint item-note wrong' : 'hint item-note');
        if (item.state === 'done' && item.picture_url && !picture.hasChildNodes())
            picture.append(h('button', {
                type: 'button', class: 'card-picture', 'aria-label': `Open picture ${item.index + 1} large`,
                on: { click: async () => open(await itemOf(item.job, item.index)) },
            }, stillImage(item, { alt: '' })));
        // Items that are tried once more lose what they had.
        if (before !== item.state && item.state !== 'done')
            picture.replaceChildren();
    }

    return { node, update };
}

function noteOf({ state, reason, stage, step, steps, ahead, request, dispatched_at: from, ended_at: to }) {
    if (state === 'failed')
        return reason ?? 'No reason was given.';
    const now = state === 'running' && stage ? `${stageName(stage)}${steps > 1 ? `, step ${step} of ${steps}` : ''}`
        : state === 'queued' && ahead > 0 ? `${count(ahead)} before it`
            : state === 'done' && from && to ? `made in ${duration(Math.max(0, to - from))}` : null;
    return [`seed ${request.seed}`, now].filter(Boolean).join(' · ');
}
