// Asks before something that cannot be taken back.

import { h } from './dom.js';

/** Resolves to whether the person agrees. */
export function confirmed(title, consequence, action) {
    return new Promise(resolve => {
        let yes = false;
        const box = h('dialog', { class: 'small-dialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
            h('h2', { id: 'confirm-title' }, title),
            h('p', { id: 'confirm-text' }, consequence),
            h('div', { class: 'actions end' },
                h('button', { type: 'button', autofocus: true, on: { click: () => box.close() } }, 'Keep going'),
                h('button', { type: 'button', class: 'danger', on: { click: () => (yes = true, box.close()) } }, action)));
        box.addEventListener('close', () => {
            box.remove();
            resolve(yes);
        });
        document.body.append(box);
        box.showModal();
    });
}
