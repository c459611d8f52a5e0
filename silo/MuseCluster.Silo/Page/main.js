// Starts the page: its views, the address, the key.

import { whenUnauthorized } from './api.js';
import { cluster } from './cluster.js';
import { gallery } from './gallery.js';
import { generate } from './generate.js';
import { jobs } from './jobs.js';
import { askForKey, keyButton } from './key.js';
import { viewer } from './viewer.js';

const makers = { generate, gallery, jobs, cluster };
const views = {};
let current = null;

const app = {
    async make(model, request) {
        location.hash = '#generate';
        go();
        await views.generate.make(model, request);
    },
};
app.open = viewer(app);

/** Shows what the address names: `#VIEW` or `#VIEW/REST`. */
function go() {
    const [name, rest] = location.hash.slice(1).split('/');
    const view = Object.hasOwn(makers, name) ? name : 'generate';
    const section = document.getElementById(`view-${view}`);
    views[view] ??= makers[view](section, app);
    if (current !== view) {
        if (current) {
            views[current].hide();
            document.getElementById(`view-${current}`).hidden = true;
        }
        section.hidden = false;
        for (const link of document.querySelectorAll('.tabs a'))
            if (link.hash === `#${view}`)
                link.setAttribute('aria-current', 'page');
            else
                link.removeAttribute('aria-current');
        document.title = `${section.querySelector('h1').textContent} – MuseCluster`;
        if (current) {
            scrollTo(0, 0);
            // Whoever cannot see the page hears where they are.
            section.querySelector('h1').focus({ preventScroll: true });
        }
        current = view;
    }
    views[view].show(rest ? decodeURIComponent(rest) : null);
}

// The address belongs to the views, so the skip link must not change it.
document.getElementById('skip').addEventListener('click', e => {
    e.preventDefault();
    document.getElementById('main').focus();
});

const relabel = keyButton(document.getElementById('key'), () => location.reload());
whenUnauthorized(async (...asked) => {
    const given = await askForKey(...asked);
    relabel();
    // What could not be shown without it can be now.
    if (given)
        go();
    return given;
});
addEventListener('hashchange', go);
go();
