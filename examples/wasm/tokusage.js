// tokusage in JavaScript: browsers, workers, node, Deno, Bun. The library is the WebAssembly module tokusage.wasm.
//
//     const Usage = await load(fetch('tokusage.wasm'));            // in node: load(readFileSync('tokusage.wasm'))
//     const usage = new Usage();
//     for await (const chunk of response.body) usage.feed(chunk);  // bytes or a string, cut anywhere
//     usage.verdict(true)   // {verdict: 'consistent', counts: {prompt_tokens: 20, …}, model: 'parrot-2', …}

const LABELS = ['model', 'id', 'service_tier']; // in the order of tokusage_label
const COUNT_SIZE = 16; // a tokusage_count: a byte that says whether it is present, and at 8 the value
const CHUNK = 65536;

// `source`: the bytes of tokusage.wasm, a Response or a promise of one, or a WebAssembly.Module.
export async function load(source) {
    source = await source;
    const bytes = typeof source.arrayBuffer === 'function' ? await source.arrayBuffer() : source;
    const module = bytes instanceof WebAssembly.Module ? bytes : await WebAssembly.compile(bytes);
    const { memory, __heap_base, ...c } = (await WebAssembly.instantiate(module)).exports;

    // After what the library needs: a stream, counts, prices, an error, some text, a chunk.
    const size = c.tokusage_stream_size();
    const stream = (__heap_base.value + 15) & ~15;
    const [counts, prices, error, text, chunk] = [0, 256, 512, 768, 1024].map((offset) => stream + size + offset);
    memory.grow(Math.ceil(Math.max(0, chunk + CHUNK - memory.buffer.byteLength) / 65536));
    const heap = new Uint8Array(memory.buffer);
    const view = new DataView(memory.buffer);
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const string = (at, end = heap.indexOf(0, at)) => decoder.decode(heap.slice(at, end));
    const names = [];
    for (let at; (at = c.tokusage_count_name(names.length)) !== 0; ) names.push(string(at));

    function readCounts() {
        const present = names.map((name, i) => [name, counts + i * COUNT_SIZE]).filter(([, at]) => heap[at] !== 0);
        return Object.fromEntries(present.map(([name, at]) => [name, Number(view.getBigInt64(at + 8, true))]));
    }

    // A tokusage_error: status, member, offset, and two numbers of 64 bits.
    function readError() {
        const member = view.getUint32(error + 4, true);
        return {
            reason: string(c.tokusage_status_text(view.getInt32(error, true))),
            member: member === 0 ? null : string(member),
            expected: Number(view.getBigInt64(error + 16, true)),
            actual: Number(view.getBigInt64(error + 24, true)),
        };
    }

    function writeCounts(to, values) {
        names.forEach((name, i) => {
            heap[to + i * COUNT_SIZE] = values[name] == null ? 0 : 1;
            view.setBigInt64(to + i * COUNT_SIZE + 8, BigInt(values[name] ?? 0), true);
        });
    }

    let current = null; // whose state is in the module's memory; the others keep a copy

    return class Usage {
        #state = null; // a copy, null until another usage needed the module's memory; all zero bytes are ready

        #enter() {
            if (current === this) return;
            current?.#leave();
            if (this.#state) heap.set(this.#state, stream);
            else heap.fill(0, stream, stream + size);
            current = this;
        }

        #leave() {
            this.#state = heap.slice(stream, stream + size);
        }

        // Takes the next bytes of the body. Returns how many were taken: all, except what follows [DONE].
        feed(bytes) {
            const all = typeof bytes === 'string' ? encoder.encode(bytes) : bytes;
            this.#enter();
            let taken = 0;
            for (let at = 0; at < all.length; at += CHUNK) {
                const part = all.subarray(at, at + CHUNK);
                heap.set(part, chunk);
                taken += c.tokusage_stream_feed(stream, chunk, part.length);
            }
            return taken;
        }

        // Whether the end of the response was seen.
        get done() {
            this.#enter();
            return c.tokusage_stream_done(stream) !== 0;
        }

        // `complete`: whether the transport says that the body is whole. Counts that were not reported are left out.
        verdict(complete = false) {
            this.#enter();
            const verdict = c.tokusage_stream_verdict(stream, complete ? 1 : 0, counts, error);
            const answer = { verdict: string(c.tokusage_verdict_text(verdict)), counts: readCounts() };
            LABELS.forEach((label, i) => {
                const length = c.tokusage_stream_label(stream, i, text, 256);
                if (length > 0) answer[label] = string(text, text + length);
            });
            if (view.getInt32(error, true) !== 0) answer.error = readError();
            return answer;
        }

        // What counts cost, at prices of one token by the same names, in the unit of these; a BigInt, or null.
        static cost(used, of) {
            writeCounts(counts, used);
            writeCounts(prices, of);
            return c.tokusage_cost(counts, prices, text, 0) === 0 ? view.getBigInt64(text, true) : null;
        }

        static names = Object.freeze(names); // of the counts
    };
}
