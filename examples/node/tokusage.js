// tokusage in node, by FFI (npm: koffi): usage = new Usage(); usage.feed(chunk); usage.verdict(true). See README.md.
const koffi = require('koffi');

const lib = koffi.load(process.env.TOKUSAGE_LIBRARY ?? 'libtokusage.so');
koffi.struct('tokusage_count', { present: 'bool', value: 'int64_t' });
koffi.struct('tokusage_error',
    { status: 'int', member: 'const char *', offset: 'size_t', expected: 'int64_t', actual: 'int64_t' });
const nameOf = lib.func('const char *tokusage_count_name(size_t index)');
const names = [];
for (let name; (name = nameOf(names.length)) !== null; ) names.push(name);
koffi.struct('tokusage', Object.fromEntries(names.map((name) => [name, 'tokusage_count'])));
const size = lib.func('size_t tokusage_stream_size(void)')();
const feed = lib.func('size_t tokusage_stream_feed(void *stream, const void *bytes, size_t length)');
const verdictOf = lib.func('int tokusage_stream_verdict(const void *stream, bool complete, _Out_ tokusage *usage, ' +
    '_Out_ tokusage_error *error)');
const verdictText = lib.func('const char *tokusage_verdict_text(int verdict)');
const errorText = lib.func('size_t tokusage_error_text(const tokusage_error *error, void *buffer, size_t size)');
const labelOf = lib.func('size_t tokusage_stream_label(const void *stream, int label, void *buffer, size_t size)');
const LABELS = ['model', 'id', 'service_tier'];

class Usage {
    #stream = Buffer.alloc(size); // all zero bytes are ready

    feed(chunk) {
        const bytes = Buffer.from(chunk);
        return Number(feed(this.#stream, bytes, bytes.length));
    }

    verdict(complete = false) {
        const [usage, error, text] = [{}, {}, Buffer.alloc(256)];
        const read = (length) => text.toString('utf8', 0, Number(length));
        const answer = { verdict: verdictText(verdictOf(this.#stream, complete, usage, error)), counts: {} };
        for (const name of names) if (usage[name].present) answer.counts[name] = usage[name].value;
        LABELS.forEach((label, i) => (answer[label] = read(labelOf(this.#stream, i, text, 256)) || undefined));
        if (error.status !== 0) answer.error = read(errorText(error, text, 256));
        return answer;
    }
}

module.exports = { Usage, names };
