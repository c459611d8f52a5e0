// The HTTP API: calls, its errors, and the key that goes with them.

const keyName = 'muse.key';
let ask = async () => false;

/** What the API answered that was not success. `field` is the part of `param` that a form knows. */
export class ApiError extends Error {
    constructor(status, error, retryAfter) {
        const wait = Number(retryAfter) > 0 ? ` Try again in ${Math.ceil(retryAfter)} s.` : '';
        super((error?.message ?? `The gateway answered with status ${status}.`) + wait);
        this.status = status;
        this.code = error?.code ?? null;
        this.field = error?.param ? String(error.param).split('.').pop() : null;
    }
}

/** The key as the browser keeps it, or ''. */
export const key = {
    get: () => localStorage.getItem(keyName) ?? '',
    set: value => value ? localStorage.setItem(keyName, value) : localStorage.removeItem(keyName),
};

/** Says who asks for a key: a function that resolves to true where there is a new one. `wanted`: a person has just acted. */
export function whenUnauthorized(asks) {
    ask = asks;
}

/** A response to be read by the caller. Fails with ApiError. */
export async function open(path, { method = 'GET', body, headers = {}, signal } = {}) {
    for (; ;) {
        const used = key.get();
        const response = await send(path, {
            method,
            signal,
            cache: 'no-store',
            body: body === undefined ? undefined : serialize(body),
            headers: {
                ...headers,
                ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
                ...(used ? { Authorization: `Bearer ${used}` } : {}),
            },
        });
        if (response.ok)
            return response;
        const error = new ApiError(response.status, await errorOf(response), response.headers.get('Retry-After'));
        if (error.status !== 401 || !await ask(error, used, method !== 'GET'))
            throw error;
    }
}

/** A JSON answer. */
export async function call(path, options) {
    return parse(await (await open(path, options)).text());
}

export const get = (path, signal) => call(path, { signal });
export const post = (path, body, headers) => call(path, { method: 'POST', body, headers });

/** A signed picture's address on this origin: what a proxy calls the gateway does not matter then. */
export function pictureUrl(url) {
    const { pathname, search } = new URL(url, location.href);
    return pathname + search;
}

// Seeds have 64 bits, numbers of JavaScript 53: long seeds are kept as text on the way in and written as numbers on the way out.
// Inside a JSON string a quote is always preceded by a backslash, so neither pattern can match within a prompt.
export const parse = json => JSON.parse(json.replace(/(?<!\\)"seed"(\s*:\s*)(\d{16,})/g, '"seed"$1"$2"'));
const serialize = value => JSON.stringify(value).replace(/(?<!\\)"seed":"(\d+)"/g, '"seed":$1');

async function send(path, init) {
    try {
        return await fetch(path, init);
    } catch (e) {
        if (e.name === 'AbortError')
            throw e;
        throw new ApiError(0, { message: 'The gateway cannot be reached. Is it running, and this machine online?' });
    }
}

async function errorOf(response) {
    try {
        return (await response.json()).error;
    } catch {
        return null;
    }
}
