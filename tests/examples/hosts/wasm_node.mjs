// node wasm_node.mjs WRAPPER WASM FILE...: prints the lines of wasm.mjs, and on standard error what else is checked.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import assert from 'node:assert/strict';
import { beginnings } from './wasm.mjs';

const [wrapper, wasm, ...files] = process.argv.slice(2);
const { load } = await import(wrapper);
const bytes = readFileSync(wasm);
const Usage = await load(bytes);
for (const file of files) {
    process.stdout.write(beginnings(Usage, basename(file), readFileSync(file)).join('\n') + '\n');
}

assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
// Every way to load it, and large chunks, strings, prices.
for (const source of [Promise.resolve(new Response(bytes)), new WebAssembly.Module(bytes)]) {
    const usage = new (await load(source))();
    usage.feed(`{"model":"m","text":"${'ü'.repeat(100000)}","usage":{"prompt_tokens":3,"completion_tokens":4}}`);
    assert.deepEqual(usage.verdict(), { verdict: 'consistent', counts: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }, model: 'm' });
    assert.equal(usage.done, false);
}
assert.equal(Usage.cost({ prompt_tokens: 100, completion_tokens: 10, cached_tokens: 80 },
    { prompt_tokens: 2500000, completion_tokens: 10000000, cached_tokens: 1250000 }), 250000000n);
assert.equal(Usage.cost({ prompt_tokens: 2 ** 53 - 1 }, { prompt_tokens: 1000 }), 9007199254740991000n);
assert.equal(Usage.cost({}, { prompt_tokens: 1 }), null);
const done = new Usage();
assert.equal(done.feed('data: [DONE]\n\nmore'), 14);
assert.equal(done.done, true);

// A thousand responses at once, a chunk of each in turn.
const many = Array.from({ length: 1000 }, () => new Usage());
for (const part of ['data: {"usage":{"prompt_tok', 'ens":%}}\n', '\ndata: [DONE]\n\n']) {
    many.forEach((usage, i) => usage.feed(part.replace('%', i)));
}
many.forEach((usage, i) => assert.deepEqual(usage.verdict(), { verdict: 'consistent', counts: { prompt_tokens: i } }));

// Speed: a stream of 602 events, compared with JSON.parse of each event.
const event = (i) => `data: {"id":"chat-1","model":"parrot-2","created":1700000000,"choices":[{"index":0,"delta":{"content":"word ${i}"},"finish_reason":null}],"usage":null}\n\n`;
const stream = new TextEncoder().encode(Array.from({ length: 600 }, (_, i) => event(i)).join('') +
    'data: {"id":"chat-1","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":600,"total_tokens":620}}\n\ndata: [DONE]\n\n');
const ways = {
    tokusage() {
        const usage = new Usage();
        usage.feed(stream);
        return usage.verdict(true).counts.total_tokens;
    },
    'JSON.parse'() {
        const events = new TextDecoder().decode(stream).split('\n\n').filter((text) => text.startsWith('data: {'));
        return events.reduce((usage, text) => JSON.parse(text.slice(6)).usage ?? usage, null).total_tokens;
    },
};
const medians = Object.entries(ways).map(([name, way]) => {
    const times = Array.from({ length: 200 }, () => {
        const begin = performance.now();
        assert.equal(way(), 620);
        return performance.now() - begin;
    }).sort((a, b) => a - b);
    console.error(`${name}: ${(times[100] * 1000).toFixed(0)} us for a stream of 602 events`);
    return times[100];
});
assert.ok(medians[0] * 2 < medians[1], 'not twice as fast as JSON.parse');
