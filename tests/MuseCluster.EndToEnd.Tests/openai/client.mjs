// Uses the unmodified openai package against a gateway: node client.mjs PART BASE_URL KEY FOLDER, where FOLDER is the package's.
// Ends with 0 where all that the part expects holds.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [part, baseURL, apiKey, folder] = process.argv.slice(2);
const { default: OpenAI, toFile } = await import(pathToFileURL(join(folder, 'index.mjs')));
// Without retries: what the gateway answers first is what counts.
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 60_000 });

const quick = { prompt: 'a red circle', model: 'shapes', steps: 1, sr_steps: 1 };
const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

const parts = {
    async models() {
        const names = [];
        for await (const model of client.models.list())
            names.push(model.id);
        assert.deepEqual(names, ['shapes']);
        assert.equal((await client.models.retrieve('shapes')).object, 'model');
    },

    async base64() {
        const { data, size, created } = await client.images.generate({ ...quick, n: 2, size: '128x128' });
        assert.equal(data.length, 2);
        for (const { b64_json } of data)
            isPng(Buffer.from(b64_json, 'base64'));
        assert.notEqual(data[0].b64_json, data[1].b64_json);
        assert.equal(size, '128x128');
        assert.ok(Math.abs(created - Date.now() / 1000) < 600, `created is ${created}`);
    },

    async url() {
        const { data } = await client.images.generate({ ...quick, response_format: 'url' });
        assert.equal(data[0].b64_json, undefined);
        isPng(await download(data[0].url));
    },

    async stream() {
        const events = [];
        for await (const event of await client.images.generate({ prompt: 'a blue square', model: 'shapes', stream: true, partial_images: 3 }))
            events.push(event);
        assert.deepEqual(events.map(e => e.type), [...Array(3).fill('image_generation.partial_image'), 'image_generation.completed']);
        assert.deepEqual(events.slice(0, 3).map(e => e.partial_image_index), [0, 1, 2]);
        for (const { b64_json } of events)
            isPng(Buffer.from(b64_json, 'base64'));
        assert.equal(new Set(events.map(e => e.b64_json)).size, 4, 'some of the pictures are the same');
    },

    async extensions() {
        const body = { ...quick, steps: 4, sr_steps: 2, seed: 7, negative_prompt: 'a blue square', guidance: 3, min_p: 0.1 };
        const first = await client.images.generate(body);
        assert.equal(first.data[0].seed, 7);
        const picture = first.data[0].b64_json;
        assert.equal((await client.images.generate(body)).data[0].b64_json, picture, 'the same request gave another picture');
        for (const change of [{ seed: 8 }, { steps: 3 }, { negative_prompt: undefined }])
            assert.notEqual((await client.images.generate({ ...body, ...change })).data[0].b64_json, picture, `the same picture in spite of ${Object.keys(change)}`);
    },

    async errors() {
        await fails(OpenAI.BadRequestError, { status: 400, param: 'steps', code: 'invalid_value', type: 'invalid_request_error' }, client.images.generate({ ...quick, steps: 0 }));
        await fails(OpenAI.BadRequestError, { status: 400, param: 'colour', code: 'unknown_parameter' }, client.images.generate({ ...quick, colour: 'red' }));
        await fails(OpenAI.BadRequestError, { status: 400, param: 'prompt', code: 'missing_required_parameter' }, client.images.generate({ model: 'shapes' }));
        await fails(OpenAI.NotFoundError, { status: 404, code: 'model_not_found' }, client.images.generate({ ...quick, model: 'nope' }));
        await fails(OpenAI.NotFoundError, { status: 404, code: 'not_found' }, client.files.retrieve('file-00000000000000000000000000000000'));
    },

    async batch() {
        const names = Array.from({ length: 500 }, (_, i) => `picture-${i}`);
        const lines = names.map((custom_id, i) => JSON.stringify({ custom_id, method: 'POST', url: '/v1/images/generations', body: { ...quick, seed: i } }));
        const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n') + '\n'), 'pictures.jsonl'), purpose: 'batch' });
        assert.equal(file.filename, 'pictures.jsonl');
        let batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/images/generations', completion_window: '24h', metadata: { of: 'tests' } });
        const states = new Set();
        // A busy machine takes its time for 500 pictures; but some of them should be made in any minute.
        let progress = { completed: 0, at: Date.now() };
        while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
            states.add(batch.status);
            if (batch.request_counts.completed > progress.completed)
                progress = { completed: batch.request_counts.completed, at: Date.now() };
            assert.ok(Date.now() - progress.at < 60_000, `still ${batch.status}, ${progress.completed} completed`);
            await new Promise(later => setTimeout(later, 100));
            batch = await client.batches.retrieve(batch.id);
        }
        assert.equal(batch.status, 'completed', JSON.stringify(batch.errors));
        assert.ok(states.has('in_progress'), `it was only ${[...states]}`);
        assert.deepEqual({ ...batch.request_counts }, { total: 500, completed: 500, failed: 0 });
        assert.deepEqual(batch.metadata, { of: 'tests' });
        assert.ok(!batch.error_file_id);
        const output = (await (await client.files.content(batch.output_file_id)).text()).trimEnd().split('\n').map(line => JSON.parse(line));
        assert.deepEqual(output.map(o => o.custom_id).sort(), [...names].sort());
        for (const { response, error } of output)
            assert.deepEqual([response.status_code, error], [200, null]);
        isPng(await download(output.at(-1).response.body.data[0].url));
        const listed = [];
        for await (const { id } of client.batches.list())
            listed.push(id);
        assert.deepEqual(listed, [batch.id]);
    },

    async files() {
        const made = [];
        for (const name of ['one.jsonl', 'two.jsonl'])
            made.push(await client.files.create({ file: await toFile(Buffer.from('{}\n'), name), purpose: 'batch' }));
        assert.deepEqual((await list()).sort(), made.map(f => f.id).sort());
        const { bytes, purpose, status, filename } = await client.files.retrieve(made[0].id);
        assert.deepEqual({ bytes, purpose, status, filename }, { bytes: 3, purpose: 'batch', status: 'processed', filename: 'one.jsonl' });
        assert.equal(await (await client.files.content(made[0].id)).text(), '{}\n');
        assert.equal((await client.files.delete(made[0].id)).deleted, true);
        assert.deepEqual(await list(), [made[1].id]);
        await fails(OpenAI.NotFoundError, { status: 404 }, client.files.retrieve(made[0].id));
        await fails(OpenAI.BadRequestError, { status: 400, param: 'purpose' }, client.files.create({ file: await toFile(Buffer.from('{}\n'), 'three.jsonl'), purpose: 'painting' }));

        async function list() {
            const ids = [];
            for await (const { id } of client.files.list())
                ids.push(id);
            return ids;
        }
    },
};

function isPng(bytes) {
    assert.ok(bytes.length > 100 && bytes.subarray(0, 8).equals(magic), `${bytes.length} bytes that are not a PNG`);
}

async function download(url) {
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'image/png');
    return Buffer.from(await response.arrayBuffer());
}

async function fails(kind, expected, call) {
    const error = await call.then(() => assert.fail('it succeeded'), e => e);
    assert.ok(error instanceof kind, `expected ${kind.name}, got ${error}`);
    for (const [name, value] of Object.entries(expected))
        assert.equal(error[name], value, `${name} of ${error}`);
}

assert.ok(Object.hasOwn(parts, part), `there is no part ${part}`);
await parts[part]();
