// How numbers, times and words of the API read.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

const stages = { text: 'Text', base: 'Base', superres: 'Super-resolution', pixels: 'Pixels', gateway: 'Gateway' };
const states = { queued: 'Queued', running: 'Running', paused: 'Paused', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

/** 12,345 */
export const count = n => whole.format(n ?? 0);

/** 12.3K from a hundred thousand on. */
export const brief = n => Math.abs(n) < 100000 ? whole.format(n) : short.format(n);

/** Small rates with two digits, large and whole ones without. */
export const rate = n => n >= 100 || Number.isInteger(n) ? whole.format(n) : n.toFixed(n >= 10 ? 1 : 2);

/** 1 picture, 2 pictures. */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** How a role or stage is called. */
export const stageName = stage => stages[stage] ?? stage;

/** How a state or status is called. */
export const stateName = state => states[state] ?? state;

/** A schedule's name in words: squareRoot, square_root and square-root are "square root". */
export const words = name => name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ').toLowerCase();

/** When something was: just now, 5 min ago, 14:05, 3 Mar 14:05. */
export function when(seconds, now = Date.now() / 1000) {
    const age = now - seconds;
    if (age < 45)
        return 'just now';
    if (age < 3600)
        return `${Math.max(1, Math.round(age / 60))} min ago`;
    return (age < 43200 ? clock : date).format(seconds * 1000);
}

/** A moment in full, for titles. */
export const moment = seconds => full.format(seconds * 1000);

/** 8 s, 5 min, 2 h 10 min, 3 days. */
export function duration(seconds) {
    if (seconds < 10)
        return `${seconds < 0.05 ? 0 : seconds.toFixed(1)} s`;
    if (seconds < 90)
        return `${Math.round(seconds)} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60)
        return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h ${minutes % 60} min` : plural(Math.round(hours / 24), 'day');
}

/** The part of an id that tells jobs apart at a glance. */
export const shortId = id => id.length > 14 ? `${id.slice(0, 13)}…` : id;
