// What the tenant has used by day, and its limits.

import { get } from './api.js';
import { empty, h, problem } from './dom.js';
import { brief, count, duration } from './format.js';
import { barPlot } from './plot.js';

const days = 14;
const limits = [
    ['weight', 'Weight beside other tenants', count],
    ['requests_per_minute', 'Requests per minute', count],
    ['max_running', 'Pictures in work at once', count],
    ['max_queued', 'Pictures waiting', count],
    ['max_batch', 'Pictures of a job', count],
    ['models', 'Models', names => names.join(', ')],
    ['retention_days', 'Days that pictures are kept', count],
];

/** Fills `place` with the last two weeks. */
export async function usage(place, signal) {
    const now = Date.now();
    const all = Array.from({ length: days }, (_, i) => new Date(now - (days - 1 - i) * 86400000).toISOString().slice(0, 10));
    try {
        const { data, limits: told } = await get(`/v1/usage?from=${all[0]}&to=${all.at(-1)}`, signal);
        const byDay = new Map(data.map(d => [d.day, d]));
        place.replaceChildren(h('div', { class: 'columns' }, used(all.map(day => byDay.get(day) ?? { day, pictures: 0, steps: 0, device_seconds: 0 })), limited(told)));
    } catch (error) {
        if (!signal.aborted)
            place.replaceChildren(problem(error));
    }
}

function used(rows) {
    const sum = name => rows.reduce((total, row) => total + row[name], 0);
    if (sum('pictures') + sum('steps') === 0)
        return h('section', { class: 'panel' }, h('h3', null, 'Usage'), empty('Nothing used in two weeks.'));
    const short = day => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(day));
    return h('section', { class: 'panel' },
        h('h3', null, 'Usage, 14 days'),
        h('dl', { class: 'totals' }, ...[['Pictures', brief(sum('pictures'))], ['Steps', brief(sum('steps'))], ['Device time', duration(sum('device_seconds'))]]
            .map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value)))),
        barPlot('Pictures per day', rows.map(r => [short(r.day), r.pictures]), count),
        h('p', { class: 'plot-axis', 'aria-hidden': 'true' }, h('span', null, short(rows[0].day)), h('span', null, 'today')),
        h('details', null,
            h('summary', null, 'Day by day'),
            h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Usage day by day' },
                h('table', { 'aria-label': 'Usage day by day' },
                    h('thead', null, h('tr', null, ...['Day', 'Pictures', 'Steps', 'Device time'].map((t, i) => h('th', { scope: 'col', class: i ? 'number' : null }, t)))),
                    h('tbody', null, ...rows.toReversed().map(r => h('tr', null,
                        h('th', { scope: 'row' }, short(r.day)),
                        ...[count(r.pictures), count(r.steps), duration(r.device_seconds)].map(v => h('td', { class: 'number' }, v)))))))));
}

function limited(told) {
    return h('section', { class: 'panel' },
        h('h3', null, 'Limits'),
        h('dl', { class: 'facts' }, ...limits.map(([name, label, show]) => h('div', null,
            h('dt', null, label),
            h('dd', null, told?.[name] === null || told?.[name] === undefined ? name === 'models' ? 'all' : 'none' : show(told[name]))))));
}
