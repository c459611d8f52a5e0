// Follows a job until it has ended.

import { get } from './api.js';
import { follow } from './events.js';

const over = new Set(['done', 'failed', 'cancelled']);

/** Whether a job or an item will not change by itself any more. */
export const ended = state => over.has(state);

/** `onJob(job)`, `onItem(event)` and `onState('live' | 'lost')` hear of it; resolves once the job has ended or `signal` aborts. */
export async function watchJob(id, { signal, onJob, onItem, onState }) {
    await follow(`/v1/jobs/${id}/events`, {
        signal,
        onState,
        onEvent(type, data) {
            if (type === 'job') {
                onJob(data);
                return ended(data.status);
            }
            if (type === 'item')
                onItem?.(data);
            return false;
        },
    });
}

/** Items of a job from an index on, a page at a time. */
export async function* itemPages(id, limit = 100, signal) {
    for (let after = null; ;) {
        const page = await get(`/v1/jobs/${id}/items?limit=${limit}${after === null ? '' : `&after=${after}`}`, signal);
        yield page.data;
        if (!page.has_more || page.data.length === 0)
            return;
        after = page.data.at(-1).index;
    }
}

/** One item as it stands, with fresh addresses of its picture. */
export const itemOf = (job, index, signal) => get(`/v1/jobs/${job}/items/${index}`, signal);
