// A labelled control with a place for what is wrong with it.

import { h, put, text } from './dom.js';

/** `control` gets its name, label and description; `extra` stands beside it. */
export function field(name, label, control, { hint, extra } = {}) {
    const id = `field-${name}`;
    const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
    const note = hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
    const described = wrong => [wrong ? error.id : null, note?.id].filter(Boolean).join(' ') || null;
    put(control, 'id', id);
    put(control, 'name', name);
    put(control, 'aria-describedby', described(false));
    const row = h('div', { class: `field field-${name}` },
        h('label', { for: id }, label),
        extra ? h('div', { class: 'beside' }, control, extra) : control,
        note,
        error);

    function fail(message) {
        text(error, message ?? '');
        put(error, 'hidden', !message);
        put(control, 'aria-invalid', message ? 'true' : null);
        put(control, 'aria-describedby', described(Boolean(message)));
    }

    // What is being mended is no longer told to be wrong.
    control.addEventListener('input', () => fail(null));
    return { name, row, control, fail };
}

/** A number's control. */
export function number(min, max, step = 1) {
    return h('input', { type: 'number', min, max, step, inputmode: step === 1 ? 'numeric' : 'decimal', autocomplete: 'off' });
}
