// Builds nodes. Data becomes text or attributes, never markup: a prompt cannot inject anything.

const live = new Set(['value', 'checked', 'disabled', 'hidden', 'indeterminate', 'open']);

/** An element. `props`: attributes, `class`, and `on` with listeners; children: nodes, text, lists, or nothing. */
export function h(tag, props, ...children) {
    return fill(document.createElement(tag), props, children);
}

/** An SVG element, like `h`. */
export function svg(tag, props, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function fill(node, props, children) {
    for (const [name, value] of Object.entries(props ?? {})) {
        if (name === 'on')
            for (const [event, listener] of Object.entries(value))
                node.addEventListener(event, listener);
        else
            put(node, name, value);
    }
    node.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false));
    return node;
}

/** Sets an attribute or live property; null and false take it away. */
export function put(node, name, value) {
    if (live.has(name) && name in node) {
        // Setting an equal value would move the caret and restart animations.
        if (node[name] !== value)
            node[name] = value;
    } else if (value === null || value === undefined || value === false)
        node.removeAttribute(name);
    else if (node.getAttribute(name) !== (value === true ? '' : String(value)))
        node.setAttribute(name, value === true ? '' : value);
}

/** Sets text where it differs, so that nothing is read out or selected anew for nothing. */
export function text(node, value) {
    if (node.textContent !== value)
        node.textContent = value;
}

/** A button that does one thing, and cannot be pressed again while it does. */
export function button(label, act, props = {}) {
    const node = h('button', { type: 'button', ...props }, label);
    node.addEventListener('click', async () => {
        if (node.getAttribute('aria-disabled') === 'true')
            return;
        // Not `disabled`: that would throw the focus away.
        node.setAttribute('aria-disabled', 'true');
        try {
            await act(node);
        } finally {
            node.removeAttribute('aria-disabled');
        }
    });
    return node;
}

let said;

/** Has a screen reader say something when it is next silent. */
export function announce(message) {
    const region = document.getElementById('live');
    clearTimeout(said);
    // Emptied first, so that the same words twice are said twice.
    text(region, '');
    said = setTimeout(() => text(region, message), 50);
}

/** What stands where something would be: a sentence, what to do about it, and perhaps a button. */
export function empty(title, hint, ...actions) {
    return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), hint ? h('p', null, hint) : null, ...actions);
}

/** What went wrong, and what to do: enter a key where one is missing, or else try again. */
export function problem(error, retry) {
    const key = () => document.getElementById('key').click();
    return h('div', { class: 'problem', role: 'alert' },
        h('p', null, error.message),
        error.status === 401 ? button('Enter a key', key, { class: 'small' }) : retry ? button('Try again', retry, { class: 'small' }) : null);
}
