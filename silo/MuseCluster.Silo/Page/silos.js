// Silos by role, queues and backlog, as cards and tables.

import { h } from './dom.js';
import { brief, count, duration, moment, stageName, when } from './format.js';

const order = ['gateway', 'text', 'base', 'superres', 'pixels'];
// Heartbeats come every 3 s.
const silent = 10;

/** A card for each role, in the order that items pass them. */
export function roleCards(silos, now) {
    const roles = new Set([...order, ...silos.flatMap(s => s.roles)]);
    return [...roles]
        .map(role => [role, silos.filter(s => s.roles.includes(role) || s.grains.some(g => g.stage === role))])
        .filter(([, serving]) => serving.length > 0)
        .map(([role, serving]) => h('section', { class: 'panel role', 'aria-label': stageName(role) },
            h('h3', null, stageName(role), h('span', { class: 'hint' }, `${count(serving.length)} ${serving.length === 1 ? 'silo' : 'silos'}`)),
            h('ul', null, ...serving.map(silo => siloLine(silo, role, now)))));
}

function siloLine(silo, role, now) {
    const grains = silo.grains.filter(g => g.stage === role);
    const late = now - silo.seen_at > silent;
    const note = silo.draining ? 'drains' : late ? `silent for ${duration(now - silo.seen_at)}` : null;
    return h('li', { class: note ? 'silo uneasy' : 'silo' },
        h('p', { class: 'silo-name', title: `Version ${silo.version}, started ${moment(silo.started_at)}` }, silo.name, note ? h('span', { class: 'pill', 'data-status': 'paused' }, note) : null),
        grains.length === 0
            ? h('p', { class: 'hint' }, `version ${release(silo.version)}, up since ${when(silo.started_at, now)}`)
            : grains.map(g => h('div', { class: 'grain' },
                h('span', { class: 'hint grain-model' }, g.model),
                meter(g),
                h('span', { class: 'hint grain-numbers' }, `${count(g.running)} of ${count(g.capacity)}`),
                h('span', { class: 'hint grain-passed' }, `${brief(g.finished)} passed`))));
}

/** A version without the commit that it was built from. */
const release = version => version.split('+')[0];

function meter({ stage, model, running, capacity }) {
    const node = h('div', { class: 'bar', role: 'meter', 'aria-label': `Load of ${model}, ${stageName(stage)}`, 'aria-valuemin': 0, 'aria-valuemax': capacity, 'aria-valuenow': running, 'aria-valuetext': `${running} of ${capacity} items` },
        h('span', { class: 'part running' }));
    node.firstChild.style.setProperty('--share', capacity > 0 ? Math.min(1, running / capacity) : 0);
    return node;
}

/** Items that wait before each stage. */
export function queueTable(queues) {
    const rank = q => order.indexOf(q.stage);
    return panel('Queues before stages', ['Stage', 'Model', 'Waiting'],
        [...queues].sort((a, b) => rank(a) - rank(b) || a.model.localeCompare(b.model)).map(q => [stageName(q.stage), q.model, brief(q.depth)]),
        'No queues: no stage is served.');
}

/** The tenant's own items that are not done. */
export function backlogTable(backlog) {
    return panel('Your backlog', ['Model', 'Class', 'Waiting', 'In work'],
        backlog.map(b => [b.model, b.class, brief(b.queued), brief(b.running)]),
        'Nothing of yours waits.');
}

function panel(title, heads, rows, none) {
    const numeric = i => i > 0 && ['Waiting', 'In work'].includes(heads[i]) ? 'number' : null;
    return h('section', { class: 'panel' },
        h('h3', null, title),
        rows.length === 0
            ? h('p', { class: 'hint' }, none)
            : h('table', { 'aria-label': title },
                h('thead', null, h('tr', null, ...heads.map((t, i) => h('th', { scope: 'col', class: numeric(i) }, t)))),
                h('tbody', null, ...rows.map(r => h('tr', null, ...r.map((v, i) => i === 0 ? h('th', { scope: 'row' }, v) : h('td', { class: numeric(i) }, v)))))));
}
