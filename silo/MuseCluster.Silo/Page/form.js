// The form that makes a request.

import { get } from './api.js';
import { button, h, put, text } from './dom.js';
import { field, number } from './field.js';
import { words } from './format.js';
import { parameters, summary } from './request.js';

/** `submit({ model, request })` makes it; what it throws is shown where it belongs. */
export function requestForm(submit) {
    const fields = {
        prompt: field('prompt', 'Prompt', h('textarea', { rows: 3, maxlength: 10000, placeholder: 'a red circle above a blue square' })),
        negative_prompt: field('negative_prompt', 'Negative prompt', h('textarea', { rows: 1, maxlength: 10000, placeholder: 'what should not be there' })),
        n: field('n', 'Pictures', number(1, 10)),
        seed: field('seed', 'Seed', h('input', { type: 'text', inputmode: 'numeric', pattern: '[0-9]{1,20}', autocomplete: 'off' }), { extra: randomBox() }),
        model: field('model', 'Model', h('select')),
        steps: field('steps', 'Base steps', number(1, 1024)),
        sr_steps: field('sr_steps', 'Super-res. steps', number(1, 1024)),
        guidance: field('guidance', 'Base guidance', number(0, 100, 'any')),
        sr_guidance: field('sr_guidance', 'Super-res. guidance', number(0, 100, 'any')),
        temperature: field('temperature', 'Temperature', number(0, 100, 'any')),
        min_p: field('min_p', 'Min-p', number(0, 1, 'any')),
        schedule: field('schedule', 'Schedule', h('select')),
    };
    const random = fields.seed.row.querySelector('input[type=checkbox]');
    const control = name => fields[name].control;
    const general = h('p', { class: 'field-error general', role: 'alert', hidden: true });
    const press = h('button', { type: 'submit', class: 'primary' }, 'Make pictures');
    const line = h('span', { class: 'summary-line' });
    const decoding = h('details', { class: 'decoding', open: innerWidth >= 900 },
        h('summary', null, 'Decoding', line),
        h('div', { class: 'pair' }, ...parameters.map(([name]) => fields[name].row)),
        button('Use the model’s defaults', () => applyDefaults(true), { class: 'small quiet' }));
    const form = h('form', { class: 'request', novalidate: true, 'aria-label': 'Request', on: { submit: e => (e.preventDefault(), send()) } },
        fields.prompt.row,
        fields.negative_prompt.row,
        h('div', { class: 'pair uneven' }, fields.n.row, fields.seed.row),
        fields.model.row,
        general,
        h('div', { class: 'actions' }, press, h('span', { class: 'hint keys' }, h('kbd', null, 'Ctrl'), ' + ', h('kbd', null, 'Enter'))),
        decoding);

    let models = [];
    let busy = false;
    // Of a picture that is made again: its number among those of its seed. The next request starts from the first.
    let picture = 0;
    const edited = new Set();
    put(control('n'), 'value', '4');
    put(random, 'checked', true);
    randomChanged();
    random.addEventListener('change', randomChanged);
    for (const [name] of parameters)
        control(name).addEventListener('input', () => (edited.add(name), summarize()));
    control('model').addEventListener('input', () => applyDefaults(false));
    form.addEventListener('keydown', e => {
        if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
            e.preventDefault();
            form.requestSubmit();
        }
    });

    function randomBox() {
        return h('label', { class: 'check' }, h('input', { type: 'checkbox' }), 'Random');
    }

    function randomChanged() {
        put(control('seed'), 'disabled', random.checked);
        put(control('seed'), 'placeholder', random.checked ? 'at random' : '0');
        if (random.checked)
            fields.seed.fail(null);
    }

    function applyDefaults(all) {
        const muse = models.find(m => m.id === control('model').value)?.muse;
        if (!muse)
            return;
        if (all)
            edited.clear();
        const schedule = control('schedule');
        const chosen = schedule.value;
        schedule.replaceChildren(...(muse.schedules ?? []).map(s => h('option', { value: s }, words(s))));
        schedule.value = chosen;
        for (const [name] of parameters)
            if (!edited.has(name))
                control(name).value = muse.defaults[name] ?? '';
        // A model without super-resolution has no such steps.
        for (const name of ['sr_steps', 'sr_guidance'])
            put(fields[name].row, 'hidden', (muse.defaults[name] ?? null) === null);
        summarize();
    }

    function summarize() {
        text(line, summary(Object.fromEntries(parameters.map(([name]) => [name, control(name).value]))));
    }

    /** The request as it stands, or null where a field cannot be read. */
    function read() {
        let wrong = null;
        const request = {};
        for (const [name, { control, fail, row }] of Object.entries(fields)) {
            fail(null);
            if (name === 'model' || control.disabled || row.hidden || (control.value === '' && !control.validity.badInput))
                continue;
            const isNumber = control.type === 'number';
            const bad = control.validity.badInput || (name === 'seed' && !/^\d{1,20}$/.test(control.value.trim()));
            if (bad) {
                fail(name === 'seed' ? 'Expected a whole number from 0 to 18446744073709551615.' : 'Expected a number.');
                wrong ??= name;
            } else if (name === 'seed')
                // Text where a number of JavaScript cannot hold it; it is sent as a number all the same.
                request.seed = control.value.trim().replace(/^0+(?=\d)/, '');
            else
                request[name] = isNumber ? Number(control.value) : control.value;
        }
        if (!request.prompt?.trim()) {
            fields.prompt.fail('Say what you want to see.');
            wrong = 'prompt';
        }
        if (wrong)
            reveal(wrong);
        return wrong ? null : { model: control('model').value || undefined, request };
    }

    function reveal(name) {
        if (decoding.contains(fields[name].row))
            decoding.open = true;
        control(name).focus();
    }

    async function send() {
        put(general, 'hidden', true);
        const first = picture;
        picture = 0;
        const wish = busy ? null : read();
        if (!wish)
            return;
        if (first > 0)
            wish.request.picture = first;
        busy = true;
        put(press, 'aria-disabled', 'true');
        text(press, 'Sending…');
        try {
            await submit(wish);
        } catch (error) {
            show(error);
        } finally {
            busy = false;
            put(press, 'aria-disabled', null);
            text(press, 'Make pictures');
        }
    }

    function show(error) {
        const at = fields[error.field];
        // The page sends one request, so which one says nothing to people.
        const message = error.message.replaceAll('requests[0].', '');
        if (at && !at.row.hidden) {
            at.fail(message);
            reveal(error.field);
        } else {
            text(general, message);
            put(general, 'hidden', false);
        }
    }

    return {
        node: form,
        /** Learns the models and their defaults. */
        async load() {
            const select = control('model');
            const chosen = select.value;
            models = (await get('/v1/models')).data;
            select.replaceChildren(...models.map(m => h('option', { value: m.id }, m.muse?.size ? `${m.id} (${m.muse.size.replace('x', '×')})` : m.id)));
            if (models.some(m => m.id === chosen))
                select.value = chosen;
            applyDefaults(false);
            return models;
        },
        /** Fills in a request, and makes it where `go`. */
        async use(model, request, go) {
            picture = request.picture ?? 0;
            if (models.some(m => m.id === model))
                control('model').value = model;
            applyDefaults(true);
            put(random, 'checked', request.seed === undefined);
            randomChanged();
            control('negative_prompt').value = '';
            for (const [name, value] of Object.entries(request))
                if (fields[name]) {
                    control(name).value = value;
                    edited.add(name);
                }
            summarize();
            if (go)
                await send();
        },
    };
}
