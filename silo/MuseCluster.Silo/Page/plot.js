// Small plots in SVG: a line over time, and bars by day. Each tells its numbers in words too.

import { h, put, svg, text } from './dom.js';
import { duration } from './format.js';

const width = 300;
const height = 72;

const shortest = 60;

/** A line over the time that its points span, a minute at least, under its newest value. `show` writes a value. */
export function linePlot(title, unit, show) {
    const now = h('span', { class: 'plot-now' }, '–');
    const line = svg('path', { class: 'plot-line' });
    const area = svg('path', { class: 'plot-area' });
    const top = h('span', { class: 'plot-top' });
    const from = h('span', null, '\u00a0');
    const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: no values yet.` },
        svg('path', { class: 'plot-grid', d: `M0 ${height - 0.5}H${width}M0 ${height / 2}H${width}M0 .5H${width}` }), area, line);
    const node = h('figure', { class: 'plot', 'aria-label': title },
        h('figcaption', null, title),
        h('p', { class: 'plot-value' }, now, h('span', { class: 'plot-unit' }, unit)),
        h('div', { class: 'plot-box' }, picture, top),
        h('p', { class: 'plot-axis', 'aria-hidden': 'true' }, from, h('span', null, 'now')));

    /** Draws `[time, value]` points. */
    function draw(points) {
        if (points.length === 0)
            return;
        const values = points.map(p => p[1]);
        const last = values.at(-1);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const ceiling = nice(high);
        const end = points.at(-1)[0];
        const span = Math.max(shortest, end - points[0][0]);
        const ago = duration(span);
        const at = ([t, v]) => `${(width * (1 - (end - t) / span)).toFixed(1)} ${(height - 1 - (height - 3) * v / ceiling).toFixed(1)}`;
        const path = points.map(at).join('L');
        const start = at([points[0][0], 0]).split(' ')[0];
        put(line, 'd', points.length > 1 ? `M${path}` : null);
        put(area, 'd', points.length > 1 ? `M${path}L${width} ${height}L${start} ${height}Z` : null);
        text(now, show(last));
        text(top, show(ceiling));
        text(from, `${ago} ago`);
        put(picture, 'aria-label', `${title} over ${ago}: now ${show(last)}, lowest ${show(low)}, highest ${show(high)} ${unit}.`);
    }

    return { node, draw };
}

/** Bars, one for each `[label, value]`. */
export function barPlot(title, bars, show) {
    const ceiling = Math.max(...bars.map(b => b[1]), 1);
    const slot = width / bars.length;
    return svg('svg', {
        class: 'bars', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img',
        'aria-label': `${title}: ${bars.map(([label, value]) => `${label} ${show(value)}`).join(', ')}.`,
    },
        svg('path', { class: 'plot-grid', d: `M0 ${height - 0.5}H${width}` }),
        ...bars.map(([label, value], i) => {
            const tall = value > 0 ? Math.max(1.5, (height - 2) * value / ceiling) : 0;
            return svg('rect', { x: i * slot + slot * 0.12, y: height - 1 - tall, width: slot * 0.76, height: tall }, svg('title', null, `${label}: ${show(value)}`));
        }));
}

/** The next of 1, 2, 5, 10, 20, 50… that is not below. */
function nice(value) {
    if (value <= 0)
        return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map(f => f * power).find(c => c >= value * (1 - 1e-9));
}
