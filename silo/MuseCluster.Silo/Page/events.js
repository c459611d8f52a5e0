// Server-sent events over fetch, because EventSource cannot send a key: resumes after the last event that was seen.

import { ApiError, open, parse } from './api.js';

// Browsers open six connections to a host over HTTP/1.1; these leave two for calls.
const most = 4;
const silence = 45000;
let streams = 0;
const waiting = [];

/**
 * Reads events until `onEvent(type, data)` has returned true and the stream has closed, or `signal` aborts. `onState` hears
 * 'live' and 'lost'. Fails where the server refuses for good.
 */
export async function follow(path, { signal, onEvent, onState }) {
    await enter(signal);
    try {
        const stream = { last: '', ended: false, failures: 0 };
        while (!signal.aborted && !stream.ended) {
            try {
                await read(path, stream, signal, onEvent, onState);
            } catch (e) {
                if (signal.aborted || stream.ended)
                    return;
                if (e instanceof ApiError && e.status >= 400 && e.status < 500 && e.status !== 429 && e.status !== 408)
                    throw e;
            }
            if (stream.ended || signal.aborted)
                return;
            onState?.('lost');
            const wait = Math.min(15000, 500 * 2 ** stream.failures++) * (0.75 + Math.random() / 2);
            await pause(wait, signal);
        }
    } finally {
        leave();
    }
}

async function read(path, stream, signal, onEvent, onState) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener('abort', abort);
    let watch;
    // A connection can die without a word: comments come every 15 s, so long silence is a loss.
    const heard = () => {
        clearTimeout(watch);
        watch = setTimeout(abort, stream.ended ? 3000 : silence);
    };
    try {
        heard();
        const headers = { Accept: 'text/event-stream', ...(stream.last ? { 'Last-Event-ID': stream.last } : {}) };
        const response = await open(path, { headers, signal: attempt.signal });
        onState?.('live');
        const parser = new EventParser();
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (; ;) {
            const { done, value } = await reader.read();
            if (done)
                return;
            for (const event of parser.push(value)) {
                stream.failures = 0;
                stream.last = event.id || stream.last;
                stream.ended = onEvent(event.type, parse(event.data)) || stream.ended;
            }
            heard();
        }
    } finally {
        clearTimeout(watch);
        signal.removeEventListener('abort', abort);
    }
}

/** Cuts text into events, by the rules of the HTML standard. */
export class EventParser {
    #rest = '';
    #event = { type: '', data: [], id: '' };

    /** Events that are whole with this piece. */
    push(piece) {
        const events = [];
        const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
        this.#rest = lines.pop();
        for (const line of lines)
            this.#line(line, events);
        return events;
    }

    #line(line, events) {
        if (line === '') {
            if (this.#event.data.length > 0)
                events.push({ type: this.#event.type || 'message', data: this.#event.data.join('\n'), id: this.#event.id });
            this.#event = { type: '', data: [], id: this.#event.id };
            return;
        }
        const colon = line.indexOf(':');
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (name === 'event')
            this.#event.type = value;
        else if (name === 'data')
            this.#event.data.push(value);
        else if (name === 'id')
            this.#event.id = value;
    }
}

function enter(signal) {
    if (streams < most) {
        streams++;
        return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
        waiting.push(resolve);
        signal.addEventListener('abort', () => {
            const place = waiting.indexOf(resolve);
            if (place >= 0) {
                waiting.splice(place, 1);
                reject(signal.reason);
            }
        });
    });
}

// A stream that ends hands its place on, so the count stays.
function leave() {
    const next = waiting.shift();
    if (next)
        next();
    else
        streams--;
}

function pause(milliseconds, signal) {
    return new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
        });
    });
}
