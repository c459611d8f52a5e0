// A picture that changes while it is made.

import { pictureUrl } from './api.js';
import { h, put } from './dom.js';
import { itemOf } from './watch.js';

/** A frame of the picture's final size: nothing moves when the picture comes. */
export function frame(alt) {
    const image = h('img', { alt, hidden: true, draggable: 'false' });
    const node = h('span', { class: 'frame' }, image);
    let turn = 0;

    // Shown once decoded: a half-loaded picture would flash.
    async function show(source, state) {
        const mine = ++turn;
        const next = new Image();
        next.src = source;
        await next.decode();
        if (mine !== turn)
            return;
        image.src = source;
        put(image, 'hidden', false);
        node.dataset.state = state;
    }

    return {
        node,
        image,
        /** A preview: base64 of a PNG. A broken one is skipped, the next will do. */
        preview: base64 => show(`data:image/png;base64,${base64}`, 'preview').catch(() => { }),
        /** The final picture of an item. */
        final: (job, index, url) => show(pictureUrl(url), 'final')
            // Addresses are signed for an hour; the item has fresh ones.
            .catch(async () => show(pictureUrl((await itemOf(job, index)).picture_url), 'final'))
            .catch(() => node.dataset.state = 'missing'),
    };
}

/** An image of a finished item that asks for a fresh address where its own has expired. */
export function stillImage(item, props) {
    const image = h('img', { alt: item.request.prompt, loading: 'lazy', decoding: 'async', draggable: 'false', ...props, src: pictureUrl(item.picture_url) });
    image.addEventListener('error', async () => {
        const fresh = await itemOf(item.job, item.index).catch(() => null);
        if (fresh?.picture_url) {
            item.picture_url = fresh.picture_url;
            image.src = pictureUrl(fresh.picture_url);
        }
    }, { once: true });
    return image;
}
