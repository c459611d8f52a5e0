// A picture large, with all that it was made with.

import { pictureUrl } from './api.js';
import { button, h } from './dom.js';
import { moment } from './format.js';
import { stillImage } from './picture.js';
import { again, describe, fileName, vary } from './request.js';

/** `app.make(model, request)` makes another. `around` gives the pictures before and after: `{ previous, next }`, functions of an item. */
export function viewer(app) {
    let shown;

    /** Shows an item of a job; `model` as the job has it. */
    return function open(item, model, around) {
        shown?.remove();
        const step = move => {
            const other = around?.[move](item);
            if (other)
                open(other.item, other.model, around);
        };
        const make = request => {
            box.close();
            app.make(model, request);
        };
        const arrow = (label, sign, move) => around
            ? h('button', { type: 'button', class: 'arrow', 'aria-label': label, disabled: !around[move](item), on: { click: () => step(move) } }, sign)
            : null;
        const box = h('dialog', { class: 'viewer', 'aria-label': `Picture: ${item.request.prompt}` },
            h('div', { class: 'viewer-picture' }, stillImage(item, { loading: 'eager' })),
            h('div', { class: 'viewer-side' },
                h('div', { class: 'viewer-top' },
                    arrow('Previous picture', '‹', 'previous'),
                    arrow('Next picture', '›', 'next'),
                    h('button', { type: 'button', class: 'close', 'aria-label': 'Close', autofocus: true, on: { click: () => box.close() } }, '×')),
                h('p', { class: 'viewer-prompt' }, item.request.prompt),
                h('div', { class: 'actions' },
                    button('Make it again', () => make(again(item)), { class: 'primary' }),
                    button('Vary', () => make(vary(item))),
                    h('a', { class: 'button', href: pictureUrl(item.picture_url), download: fileName(item) }, 'Download')),
                h('dl', { class: 'facts' },
                    ...[['Model', model], ...describe(item), ['Made', item.ended_at ? moment(item.ended_at) : null]]
                        .filter(([, value]) => value)
                        .map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, String(value))))),
                h('p', { class: 'hint' }, h('a', { href: `#jobs/${item.job}`, on: { click: () => box.close() } }, 'Its job'))));
        box.addEventListener('keydown', e => {
            if (e.key === 'ArrowLeft')
                step('previous');
            else if (e.key === 'ArrowRight')
                step('next');
        });
        // A press beside the dialog closes it, as people expect of pictures.
        box.addEventListener('click', e => e.target === box && box.close());
        box.addEventListener('close', () => box.remove());
        document.body.append(box);
        box.showModal();
        shown = box;
    };
}
