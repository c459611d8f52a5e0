// The Gallery view: pictures of the newest jobs, a page at a time.

import { get, pictureUrl } from './api.js';
import { announce, button, empty, h, problem, put, text } from './dom.js';
import { plural } from './format.js';
import { stillImage } from './picture.js';
import { again, fileName, summary, vary } from './request.js';
import { itemPages } from './watch.js';

const pageSize = 24;
// So that one batch of thousands does not hide all that came before it.
const mostOfJob = 12;

/** Fills the section. `app.open(item, model, around)` shows a picture large, `app.make(model, request)` makes another. */
export function gallery(section, app) {
    const grid = h('ul', { class: 'gallery' });
    const below = h('div', { class: 'more' });
    const more = button('Older pictures', next);
    section.append(grid, below);
    let signature = null;
    let jobs;
    let shown = [];

    async function show() {
        try {
            const newest = (await get('/v1/jobs?limit=20')).data.map(j => `${j.id}:${j.counts.done}`).join();
            if (newest === signature)
                return;
            if (signature === null)
                grid.replaceChildren(...Array.from({ length: 8 }, () => h('li', { class: 'card waiting', 'aria-hidden': 'true' }, h('span', { class: 'frame' }))));
            signature = newest;
            jobs = newestJobs();
            shown = [];
            await next();
        } catch (error) {
            signature = null;
            grid.replaceChildren();
            below.replaceChildren(problem(error, show));
        }
    }

    /** Jobs that have pictures, the newest first. */
    async function* newestJobs() {
        for (let after = ''; ;) {
            const page = await get(`/v1/jobs?limit=50${after && `&after=${encodeURIComponent(after)}`}`);
            yield* page.data.filter(j => j.counts.done > 0);
            if (!page.has_more || page.data.length === 0)
                return;
            after = page.data.at(-1).id;
        }
    }

    /** A page more: whole shares of jobs until there are enough. */
    async function next() {
        const first = shown.length;
        const nodes = [];
        let end = false;
        while (!end && shown.length - first < pageSize) {
            const { value: job, done } = await jobs.next();
            end = done;
            if (!end)
                nodes.push(...await share(job));
        }
        if (first === 0)
            grid.replaceChildren(...nodes);
        else
            grid.append(...nodes);
        below.replaceChildren(...shown.length === 0
            ? [empty('No pictures yet.', 'Everything that you make is kept here.', h('a', { class: 'button', href: '#generate' }, 'Make the first'))]
            : end ? [] : [more]);
        if (first > 0)
            announce(plural(shown.length - first, 'more picture'));
    }

    /** The first pictures of a job, and a tile that tells of the others. */
    async function share(job) {
        const items = finished(job);
        const nodes = await take(items, job, mostOfJob);
        let left = job.counts.done - nodes.length;
        if (left <= 0)
            return nodes;
        const rest = button(`+ ${plural(left, 'picture')}`, async () => {
            const added = await take(items, job, pageSize);
            left -= added.length;
            place.before(...added);
            added[0]?.querySelector('button').focus();
            if (added.length < pageSize || left <= 0)
                place.remove();
            else
                text(rest, `+ ${plural(left, 'picture')}`);
        }, { 'aria-label': `Show more of this job’s ${plural(job.counts.done, 'picture')}` });
        const place = h('li', { class: 'card rest' }, rest);
        return [...nodes, place];
    }

    async function* finished(job) {
        for await (const items of itemPages(job.id, 48))
            yield* items.filter(i => i.state === 'done' && i.picture_url);
    }

    async function take(items, job, most) {
        const nodes = [];
        while (nodes.length < most) {
            const { value: item, done } = await items.next();
            if (done)
                break;
            const entry = { item, model: job.model };
            shown.push(entry);
            nodes.push(card(entry));
        }
        return nodes;
    }

    function card(entry) {
        const { item, model } = entry;
        const { prompt } = item.request;
        return h('li', { class: 'card' },
            h('button', { type: 'button', class: 'card-picture', 'aria-label': `Open large: ${prompt}`, on: { click: () => app.open(item, model, around) } },
                h('span', { class: 'frame' }, stillImage(item, { alt: '' }))),
            h('p', { class: 'card-prompt', title: prompt }, prompt),
            h('p', { class: 'hint card-line' }, `seed ${item.request.seed}`),
            h('p', { class: 'hint card-line', title: summary(item.request) }, summary(item.request)),
            h('div', { class: 'card-actions' },
                button('Again', () => app.make(model, again(item)), { class: 'link', 'aria-label': `Make it again: ${prompt}`, title: 'Make it again, with the same seed' }),
                button('Vary', () => app.make(model, vary(item)), { class: 'link', 'aria-label': `Vary: ${prompt}`, title: 'The same request with another seed' }),
                h('a', { class: 'link', href: pictureUrl(item.picture_url), download: fileName(item), 'aria-label': `Download: ${prompt}` }, 'Download')));
    }

    const neighbour = by => item => shown[shown.findIndex(e => e.item === item) + by];
    const around = { previous: neighbour(-1), next: neighbour(1) };

    put(grid, 'aria-label', 'Pictures');
    return { show, hide() { } };
}
