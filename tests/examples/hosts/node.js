// node node.js EXAMPLE FILE...: what examples/node/tokusage.js says about bodies, in judge.c's lines with a column for
// each count. Each body is cut in two at each byte, too, which must not change what is said.
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');

const [example, ...files] = process.argv.slice(2);
const { Usage, names } = require(example);

function line(name, length, usage) {
    const { verdict, counts, model = '-', error = '-' } = usage.verdict();
    return [name, length, verdict, model, ...names.map((count) => counts[count] ?? '-'), usage.verdict(true).verdict, error].join('\t');
}

for (const file of files) {
    const name = basename(file);
    const bytes = readFileSync(file);
    const whole = new Usage();
    const taken = whole.feed(bytes);
    const last = line(name, bytes.length, whole);
    const growing = new Usage();
    const lines = [line(name, 0, growing)];
    for (let at = 0; at < bytes.length; at++) {
        growing.feed(bytes.subarray(at, at + 1));
        lines.push(line(name, at + 1, growing));
        const two = new Usage();
        const both = two.feed(bytes.subarray(0, at)) + two.feed(bytes.subarray(at));
        if (both !== taken || line(name, bytes.length, two) !== last) lines.push(`${name}: differs when cut at ${at}`);
    }
    process.stdout.write(lines.join('\n') + '\n');
}
const done = new Usage();
assert.equal(done.feed('data: [DONE]\n\nmore'), 14);
