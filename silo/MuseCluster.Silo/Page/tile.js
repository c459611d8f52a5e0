// A picture of the newest job: its place in the queue, its stage and step, then itself.

import { button, h, put, text } from './dom.js';
import { count, stageName } from './format.js';
import { frame } from './picture.js';
import { itemOf } from './watch.js';

// Encoding the prompt and decoding the pixels take about as long as a step each.
const outside = 2;

/** `item` as the API lists it; `open(item)` shows the finished item large. */
export function tile(item, open) {
    const picture = frame(item.request.prompt);
    const bar = h('progress', { max: 1, value: 0, 'aria-label': `Progress of picture ${item.index + 1}` });
    const status = h('span', { class: 'tile-status' });
    const look = button(picture.node, async () => open(await itemOf(item.job, item.index)), { class: 'tile-picture', 'aria-label': `Open picture ${item.index + 1} large`, disabled: true });
    const node = h('li', { class: 'tile' }, look, h('div', { class: 'tile-foot' }, status, bar));
    let state = item;
    update(item);
    if (item.picture_url)
        picture.final(item.job, item.index, item.picture_url);

    function update(event) {
        state = { ...state, ...event };
        node.dataset.state = state.state;
        text(status, statusOf(state));
        put(status, 'title', state.reason ?? null);
        put(bar, 'hidden', !['queued', 'running', 'paused'].includes(state.state));
        bar.value = share(state, item.request);
        put(look, 'disabled', state.state !== 'done');
        if (state.state === 'done' && event.picture_url)
            picture.final(item.job, item.index, event.picture_url);
        else if (event.preview)
            picture.preview(event.preview);
    }

    return { node, update, get state() { return state.state; } };
}

function statusOf({ state, stage, step, steps, ahead, reason }) {
    switch (state) {
        case 'queued':
            return ahead > 0 ? `Waiting, ${count(ahead)} before it` : ahead === 0 ? 'Next in the queue' : 'Waiting';
        case 'running':
            return stage ? `${stageName(stage)}${steps > 1 ? `, step ${step} of ${steps}` : ''}` : 'Running';
        case 'failed':
            return `Failed: ${reason ?? 'no reason was given'}`;
        case 'paused':
            return 'Paused';
        case 'cancelled':
            return 'Cancelled';
        default:
            return 'Done';
    }
}

function share({ state, stage, step, steps }, request) {
    const base = request.steps ?? 1;
    const more = request.sr_steps ?? 0;
    const all = base + more + outside;
    const within = steps > 0 ? (step ?? 0) / steps : 0;
    if (state !== 'running')
        return state === 'done' ? 1 : 0;
    switch (stage) {
        case 'base':
            return (1 + within * base) / all;
        case 'superres':
            return (1 + base + within * more) / all;
        case 'pixels':
            return (all - 1 + within) / all;
        default:
            return 0;
    }
}
