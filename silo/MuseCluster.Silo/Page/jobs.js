// The Jobs view: all jobs of the tenant, the newest first, as they go on.

import { get } from './api.js';
import { button, empty, h, problem } from './dom.js';
import { jobItems } from './jobitems.js';
import { jobRow } from './jobrow.js';
import { poll } from './poll.js';
import { ended } from './watch.js';

const pageSize = 20;
// Running jobs on older pages are asked for one by one.
const mostAsked = 5;

/** Fills the section. `app.open(item, model)` shows a picture large. */
export function jobs(section, app) {
    const trouble = h('div');
    const list = h('ul', { class: 'jobs' });
    const below = h('div', { class: 'more' });
    const older = button('Older jobs', more);
    const rows = new Map();
    let opened = null;
    let close = () => { };
    let oldest = null;
    let polling = null;
    list.append(...Array.from({ length: 3 }, () => h('li', { class: 'job waiting', 'aria-hidden': 'true' })));
    section.append(trouble, list, below);

    async function refresh(signal) {
        const page = await get(`/v1/jobs?limit=${pageSize}`, signal);
        const fresh = new Set(page.data.map(j => j.id));
        if (rows.size === 0)
            list.replaceChildren();
        for (const job of [...page.data].reverse())
            put(job, node => list.prepend(node));
        if (oldest === null) {
            oldest = page.data.at(-1)?.id ?? null;
            offer(page);
        }
        if (rows.size === 0)
            below.replaceChildren(empty('No jobs yet.', 'A request from this page, a batch of the API and a run of muse submit are all listed here.', h('a', { class: 'button', href: '#generate' }, 'Make pictures')));
        const others = [...rows.values()].filter(r => !fresh.has(r.job.id) && !ended(r.job.status)).slice(0, mostAsked);
        for (const job of await Promise.all(others.map(r => get(`/v1/jobs/${r.job.id}`, signal))))
            put(job);
        trouble.replaceChildren();
    }

    function put(job, place) {
        const row = rows.get(job.id);
        if (row) {
            const woken = ended(row.job.status) && !ended(job.status);
            row.update(job);
            // A job that runs again is followed again.
            if (woken && opened === job.id)
                unfold(job.id);
            return;
        }
        const made = jobRow(job, toggle, put);
        rows.set(job.id, made);
        place(made.node);
    }

    async function more() {
        try {
            const page = await get(`/v1/jobs?limit=${pageSize}&after=${encodeURIComponent(oldest)}`);
            for (const job of page.data)
                put(job, node => list.append(node));
            oldest = page.data.at(-1)?.id ?? oldest;
            offer(page);
        } catch (error) {
            below.append(problem(error));
        }
    }

    const offer = page => below.replaceChildren(...page.has_more ? [older] : []);

    // The address names the opened job, so that it can be kept, and Back closes it.
    const toggle = id => location.hash = id === opened ? '#jobs' : `#jobs/${id}`;

    function unfold(id) {
        close();
        rows.get(opened)?.expand(false);
        opened = id;
        const row = rows.get(id);
        close = row ? jobItems(row.details, row.job, put, app.open) : () => { };
        row?.expand(true);
    }

    async function reveal(id) {
        if (!rows.has(id))
            try {
                put(await get(`/v1/jobs/${encodeURIComponent(id)}`), node => list.append(node));
            } catch (error) {
                trouble.replaceChildren(problem(error));
                return;
            }
        unfold(id);
        rows.get(id).node.scrollIntoView({ block: 'nearest' });
    }

    return {
        async show(id) {
            polling ??= poll(refresh, () => [...rows.values()].some(r => !ended(r.job.status)) ? 2000 : 10000, error => {
                if (rows.size === 0)
                    list.replaceChildren();
                trouble.replaceChildren(problem(error, () => polling?.now()));
            });
            if (id && id !== opened)
                await reveal(id);
            else if (!id && opened)
                unfold(null);
        },
        hide() {
            polling?.stop();
            polling = null;
            close();
            rows.get(opened)?.expand(false);
            opened = null;
        },
    };
}
