// Asks again and again, but not while nobody looks, and less often while nobody answers.

/** Runs `ask(signal)` now and every `interval()` milliseconds until stopped. `failed(error)` hears of failures. */
export function poll(ask, interval, failed) {
    const stop = new AbortController();
    let timer;
    let failures = 0;
    let busy = false;
    let asked = 0;

    async function turn() {
        clearTimeout(timer);
        if (busy || stop.signal.aborted || document.hidden)
            return;
        busy = true;
        asked = performance.now();
        try {
            await ask(stop.signal);
            failures = 0;
        } catch (e) {
            failures++;
            if (!stop.signal.aborted)
                failed(e);
        }
        busy = false;
        // From start to start, so that the answer's own time does not stretch the interval.
        const wait = Math.max(200, interval() * Math.min(8, 2 ** failures) - (performance.now() - asked));
        if (!stop.signal.aborted)
            timer = setTimeout(turn, wait);
    }

    document.addEventListener('visibilitychange', turn, { signal: stop.signal });
    turn();
    return {
        now: turn,
        stop() {
            clearTimeout(timer);
            stop.abort();
        },
    };
}
