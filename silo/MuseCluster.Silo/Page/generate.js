// The Generate view: the form, and what comes of it.

import { get, post } from './api.js';
import { announce, empty, h, problem } from './dom.js';
import { requestForm } from './form.js';
import { run } from './run.js';

const kept = 4;
const lastJob = 'muse.job';

/** Fills the section. `app.open(item)` shows a picture large. */
export function generate(section, app) {
    const results = h('div', { class: 'results', 'aria-label': 'Results', role: 'region' });
    const trouble = h('div');
    const form = requestForm(submit);
    const runs = [];
    let loading = null;

    section.append(trouble, h('div', { class: 'split' }, form.node, results));
    if (!restore())
        nothing();

    function nothing() {
        results.replaceChildren(empty('No pictures yet.', 'Say what you want to see, and press Make pictures. They appear here while they are made.'));
    }

    async function submit({ model, request }) {
        const { prompt } = request;
        const job = await post('/v1/jobs', { model, class: 'interactive', requests: [request] }, { 'Idempotency-Key': crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
        announce(`Sent: ${prompt}`);
        sessionStorage.setItem(lastJob, job.id);
        add(job);
    }

    function add(job) {
        const made = run(job, app.open);
        if (runs.length === 0)
            results.replaceChildren();
        results.prepend(made.node);
        runs.unshift(made);
        // Older ones are in the gallery.
        for (const old of runs.splice(kept)) {
            old.stop();
            old.node.remove();
        }
        if (innerWidth < 900)
            made.node.scrollIntoView({ block: 'start' });
    }

    // A page that was loaded anew shows again what it was following.
    function restore() {
        const id = sessionStorage.getItem(lastJob);
        if (!id)
            return false;
        get(`/v1/jobs/${encodeURIComponent(id)}`).then(job => runs.length === 0 && add(job), () => {
            sessionStorage.removeItem(lastJob);
            if (runs.length === 0)
                nothing();
        });
        return true;
    }

    async function load() {
        try {
            const models = await form.load();
            trouble.replaceChildren(...models.length > 0 ? [] : [problem({ message: 'No model is served yet. Pictures can be asked for once a silo serves one.' }, load)]);
        } catch (error) {
            loading = null;
            trouble.replaceChildren(problem(error, show));
        }
    }

    function show() {
        loading ??= load();
        return loading;
    }

    return {
        show,
        hide() { },
        /** Makes a request of another view's. */
        async make(model, request) {
            await show();
            await form.use(model, request, true);
        },
    };
}
