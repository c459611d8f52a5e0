// Rates from counters: what finished between polls.

/** Keeps `span` seconds of samples; rates are over the last `window` seconds, because silos report only every few. */
export class Rates {
    #span;
    #window;
    #counters = new Map();
    #totals = [];
    #sum = 0;

    constructor(span = 300, window = 12) {
        this.#span = span;
        this.#window = window;
    }

    /** Takes counters by name at a time in seconds, and gives the rate now, or null at first. */
    add(time, counters) {
        for (const [name, value] of counters) {
            const before = this.#counters.get(name);
            // A counter that fell is of a process that started anew; one never seen tells nothing yet.
            if (before !== undefined)
                this.#sum += value >= before ? value - before : value;
            this.#counters.set(name, value);
        }
        this.#totals.push([time, this.#sum]);
        while (this.#totals[0][0] < time - this.#span)
            this.#totals.shift();
        if (this.#totals.length < 2)
            return null;
        const since = this.#totals.findLast(([t]) => t <= time - this.#window) ?? this.#totals[0];
        return (this.#sum - since[1]) / (time - since[0]);
    }
}

/** Values over time, the newest last. */
export class Series {
    #span;
    points = [];

    constructor(span = 300) {
        this.#span = span;
    }

    add(time, value) {
        if (value !== null)
            this.points.push([time, value]);
        while (this.points.length > 0 && this.points[0][0] < time - this.#span)
            this.points.shift();
        return this;
    }
}
