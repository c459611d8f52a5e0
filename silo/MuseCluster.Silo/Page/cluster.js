// The Cluster view: who serves what, how much waits, how fast it goes.

import { get } from './api.js';
import { announce, empty, h, problem } from './dom.js';
import { brief, count, rate } from './format.js';
import { linePlot } from './plot.js';
import { poll } from './poll.js';
import { Rates, Series } from './rates.js';
import { backlogTable, queueTable, roleCards } from './silos.js';
import { usage } from './usage.js';

const every = 2000;
const usageEvery = 60000;

/** Fills the section. Once shown, it goes on measuring while other views are open, so that its plots have no gaps. */
export function cluster(section) {
    const trouble = h('div');
    const plots = {
        pictures: linePlot('Pictures', 'per second', rate),
        passed: linePlot('Stages passed', 'per second', rate),
        waiting: linePlot('In queues', 'items', brief),
        load: linePlot('Load', '% of capacity', n => String(Math.round(n))),
    };
    const rates = { pictures: new Rates(), passed: new Rates() };
    const series = Object.fromEntries(Object.keys(plots).map(name => [name, new Series()]));
    const silos = h('div', { class: 'roles' }, h('div', { class: 'panel waiting' }), h('div', { class: 'panel waiting' }));
    const tables = h('div', { class: 'columns' });
    const used = h('div');
    section.append(trouble,
        h('div', { class: 'plots' }, ...Object.values(plots).map(p => p.node)),
        h('h2', null, 'Silos'), silos,
        h('h2', null, 'What waits'), tables,
        h('h2', null, 'Yours'), used);
    let polling = null;
    let asked = 0;
    let down = false;

    async function refresh(signal) {
        const state = await get('/v1/silos', signal);
        const now = Date.now() / 1000;
        measure(state, now);
        silos.replaceChildren(...state.data.length > 0 ? roleCards(state.data, now) : [empty('No silo serves.', 'Start one with muse silo or muse cluster.')]);
        tables.replaceChildren(queueTable(state.queues), backlogTable(state.backlog));
        if (down)
            announce('The gateway answers again.');
        down = false;
        trouble.replaceChildren();
        if (performance.now() - asked > usageEvery || asked === 0) {
            asked = performance.now();
            await usage(used, signal);
        }
    }

    function measure(state, now) {
        const grains = state.data.flatMap(silo => silo.grains.map(g => ({ ...g, name: `${silo.name}/${g.stage}/${g.model}` })));
        const finished = list => list.map(g => [g.name, g.finished]);
        const capacity = grains.reduce((sum, g) => sum + g.capacity, 0);
        const values = {
            pictures: rates.pictures.add(now, finished(grains.filter(g => g.stage === 'pixels'))),
            passed: rates.passed.add(now, finished(grains)),
            waiting: state.queues.reduce((sum, q) => sum + q.depth, 0),
            load: capacity > 0 ? 100 * grains.reduce((sum, g) => sum + g.running, 0) / capacity : 0,
        };
        for (const [name, value] of Object.entries(values))
            plots[name].draw(series[name].add(now, value).points);
    }

    function failed(error) {
        if (!down)
            trouble.replaceChildren(problem(error, () => polling.now()));
        down = true;
    }

    return {
        show() {
            polling ??= poll(refresh, () => every, failed);
            polling.now();
        },
        hide() { },
    };
}
