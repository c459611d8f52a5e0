// A job in the list: how far it is, and what can be done with it.

import { post } from './api.js';
import { confirmed } from './confirm.js';
import { announce, button, h, problem, put, text } from './dom.js';
import { count, moment, plural, shortId, stateName, when } from './format.js';
import { itemOf, ended } from './watch.js';

const parts = ['done', 'failed', 'cancelled', 'running'];

/** `toggle(id)` opens and closes its items; `changed(job)` hears of what a button has done. */
export function jobRow(job, toggle, changed) {
    const title = h('span', { class: 'job-title' }, shortId(job.id));
    const pill = h('span', { class: 'pill' });
    const line = h('p', { class: 'hint job-line' });
    const bar = h('div', { class: 'bar', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuemin': 0, 'aria-valuemax': job.counts.total },
        ...parts.map(p => h('span', { class: `part ${p}` })));
    const counts = h('p', { class: 'job-counts' });
    const details = h('div', { class: 'job-details', id: `job-${job.id}`, hidden: true });
    const trouble = h('div');
    const opener = h('button', { type: 'button', class: 'job-open', 'aria-expanded': 'false', 'aria-controls': details.id, on: { click: () => toggle(job.id) } }, title);
    const acts = {
        pause: act('Pause', 'pause'),
        resume: act('Resume', 'resume'),
        retry: act('Retry failed', 'retry'),
        cancel: act('Cancel', 'cancel', async () => {
            const { queued, running, paused } = job.counts;
            const left = queued + running + paused;
            return left <= 1 || await confirmed('Cancel this job?', `${plural(left, 'picture')} will not be made. What is made stays.`, 'Cancel the job');
        }),
    };
    const node = h('li', { class: 'job' },
        h('div', { class: 'job-head' }, h('h2', null, opener), pill),
        bar,
        h('div', { class: 'job-foot' }, h('div', null, counts, line), h('div', { class: 'actions' }, ...Object.values(acts))),
        trouble,
        details);

    function act(label, verb, sure = async () => true) {
        return button(label, async () => {
            if (!await sure())
                return;
            trouble.replaceChildren();
            try {
                changed(await post(`/v1/jobs/${job.id}/${verb}`));
                announce(`${label}: ${stateName(job.status)}`);
            } catch (error) {
                trouble.replaceChildren(problem(error));
            }
        }, { class: 'small', 'aria-label': `${label}: job ${job.id}` });
    }

    function update(next) {
        job = next;
        const { total, done, failed, queued, running, paused, cancelled } = job.counts;
        text(pill, stateName(job.status));
        pill.dataset.status = job.status;
        text(line, `${job.model} · ${job.class} · ${when(job.created_at)} · ${shortId(job.id)}`);
        put(line, 'title', `${job.id}, ${moment(job.created_at)}`);
        for (const [i, part] of parts.entries())
            bar.children[i].style.setProperty('--share', total ? job.counts[part] / total : 0);
        const told = [
            `${count(done)} of ${count(total)} done`,
            ...[[running, 'in work'], [queued, 'waiting'], [paused, 'paused'], [failed, 'failed'], [cancelled, 'cancelled']]
                .filter(([n]) => n > 0).map(([n, word]) => `${count(n)} ${word}`),
        ].join(' · ');
        text(counts, told);
        put(bar, 'aria-valuenow', done + failed + cancelled);
        put(bar, 'aria-valuetext', told);
        const over = ended(job.status);
        // Only what waits can be held back.
        put(acts.pause, 'hidden', over || queued === 0);
        put(acts.resume, 'hidden', paused === 0 && job.status !== 'paused');
        put(acts.cancel, 'hidden', over);
        put(acts.retry, 'hidden', failed === 0);
    }

    // A job has no prompt of its own: its first item's stands for it.
    itemOf(job.id, 0).then(item => {
        text(title, item.request.prompt);
        put(opener, 'title', item.request.prompt);
    }, () => { });
    update(job);
    return {
        node,
        details,
        update,
        get job() { return job; },
        expand(expanded) {
            put(details, 'hidden', !expanded);
            put(opener, 'aria-expanded', String(expanded));
        },
    };
}
