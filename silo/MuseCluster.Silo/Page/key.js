// The key's dialog: opened from the header, and when an answer is 401.

import { key } from './api.js';
import { h, text } from './dom.js';

let asking = null;
let declined = false;

/** Makes the header's button open the dialog. `changed` is called when there is another key. */
export function keyButton(node, changed) {
    const label = () => text(node, key.get() ? `API key …${key.get().slice(-4)}` : 'API key');
    node.addEventListener('click', async () => {
        if (await dialog(null)) {
            label();
            changed();
        }
    });
    label();
    // Another tab of the same browser has the same key.
    addEventListener('storage', label);
    return label;
}

/** Asks for a key once for all calls that want one; not again once declined, unless a person has `wanted` something. */
export async function askForKey(error, used, wanted) {
    if (key.get() !== used)
        return true;
    if (declined && !wanted)
        return false;
    asking ??= dialog(error).finally(() => asking = null);
    const given = await asking;
    declined = !given;
    return given && key.get() !== used;
}

function dialog(error) {
    return new Promise(resolve => {
        const before = key.get();
        const input = h('input', {
            id: 'key-field', type: 'password', autocomplete: 'off', spellcheck: 'false', value: before,
            'aria-describedby': 'key-hint', 'aria-invalid': error && before ? 'true' : null,
        });
        const why = error ? h('p', { class: 'field-error', role: 'alert' }, error.message) : null;
        const close = value => {
            if (value !== undefined)
                key.set(value.trim());
            box.close();
        };
        const box = h('dialog', { class: 'small-dialog', 'aria-labelledby': 'key-title' },
            h('form', { on: { submit: e => (e.preventDefault(), close(input.value)) } },
                h('h2', { id: 'key-title' }, 'API key'),
                why,
                h('label', { for: 'key-field' }, 'Key'),
                input,
                h('p', { class: 'hint', id: 'key-hint' }, 'It stays in this browser. An operator makes keys with ', h('code', null, 'muse tenants add NAME'), '.'),
                h('div', { class: 'actions end' },
                    before ? h('button', { type: 'button', class: 'quiet', on: { click: () => close('') } }, 'Forget it') : null,
                    h('button', { type: 'button', on: { click: () => close() } }, 'Not now'),
                    h('button', { type: 'submit', class: 'primary' }, 'Use this key'))));
        box.addEventListener('close', () => {
            box.remove();
            resolve(key.get() !== before);
        });
        document.body.append(box);
        box.showModal();
        input.select();
    });
}
