// A request for pictures: what of an item can be asked again, and how it reads.

import { words } from './format.js';

/** Fields of a request beside its prompt, in the order in which they are shown: name in the API, label, short form. */
export const parameters = [
    ['steps', 'Base steps'],
    ['sr_steps', 'Super-res. steps'],
    ['guidance', 'Base guidance'],
    ['sr_guidance', 'Super-res. guidance'],
    ['temperature', 'Temperature'],
    ['min_p', 'Min-p'],
    ['schedule', 'Schedule'],
];

/** The request that gives an item's picture again: its seed, and its number among the pictures of that seed. */
export const again = item => ({ ...clean(item.request), n: 1 });

/** The same wish with a seed of the gateway's choice. */
export function vary(item) {
    const { seed, picture, ...request } = item.request;
    return { ...clean(request), n: 1 };
}

/** A name for the file of an item's picture. */
export function fileName(item) {
    const name = item.request.prompt.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 48).replace(/^-|-$/g, '');
    return `${name || 'picture'}-${item.request.seed}-${item.request.picture ?? 0}.png`;
}

/** Rows of label and value for all that an item was made with. */
export function describe(item) {
    const { request } = item;
    return [
        ['Negative prompt', request.negative_prompt || null],
        ['Seed', request.picture ? `${request.seed}, picture ${request.picture + 1}` : request.seed],
        ...parameters.map(([name, label]) => [label, name === 'schedule' && request[name] ? words(request[name]) : request[name]]),
    ].filter(([, value]) => value !== null && value !== undefined);
}

/** A line about a request's decoding: "24 + 8 steps, guidance 3 and 1, cosine". */
export function summary(request) {
    const { steps, sr_steps: more, guidance, sr_guidance: sharper, schedule } = request;
    return [
        steps ? `${more ? `${steps} + ${more}` : steps} steps` : null,
        guidance !== undefined && guidance !== '' ? `guidance ${sharper !== undefined && sharper !== '' ? `${guidance} and ${sharper}` : guidance}` : null,
        schedule ? words(schedule) : null,
    ].filter(Boolean).join(', ');
}

function clean(request) {
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}
