// Runs in a page of the browser, from page.mjs: the bodies in a worker, then index.html in a frame, as a person uses
// it. What it finds goes to the server.

const post = (path, words) => fetch(path, { method: 'POST', body: words });
const until = async (holds) => {
    for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!holds()) throw new Error(`never: ${holds}`);
};

async function bodiesInWorker() {
    const { load } = await import('/tokusage.js');
    const { beginnings } = await import('/wasm.mjs');
    const Usage = await load(fetch('/tokusage.wasm'));
    for (const name of await (await fetch('/list')).json()) {
        const bytes = new Uint8Array(await (await fetch(`/bodies/${name}`)).arrayBuffer());
        await post('/lines', beginnings(Usage, name, bytes).join('\n') + '\n');
    }
}

async function usePage() {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const open = async (url) => {
        frame.src = url;
        await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
        await until(() => frame.contentDocument.body.dataset.ready === 'yes');
    };
    const $ = (id) => frame.contentDocument.getElementById(id);
    const shown = () => `${$('verdict').textContent}: ${[...$('counts').rows].map((row) => [...row.cells].map((cell) => cell.textContent).join(' ')).join(', ')}`;

    await open('/index.html?body=/streamed');
    await post('/shown', `streamed: ${shown()}\n`);
    $('body').value = '{"usage":{"prompt_tokens":1200,"completion_tokens":"x"}}';
    $('body').dispatchEvent(new Event('input'));
    await until(() => $('error').textContent !== '');
    await post('/shown', `pasted: ${shown()} ${$('error').textContent}\n`);
    $('body').value = 'data: {"model":"m","usage":{"input_tokens":30,"cache_read_input_tokens":70,"output_tokens":5}}\n\n'.padStart(200, ':\n');
    $('stream').click();
    await until(() => $('verdict').textContent === 'truncated');
    await until(() => $('progress').textContent.startsWith('200 '));
    await until(() => $('verdict').textContent === 'consistent');
    await post('/shown', `in chunks: ${shown()}\n`);
}

if (typeof document === 'undefined') {
    await bodiesInWorker().then(() => postMessage(''), (error) => postMessage(error.stack));
} else {
    const worker = new Worker('/page_run.mjs', { type: 'module' });
    const problem = await new Promise((resolve) => {
        worker.onmessage = (message) => resolve(message.data);
        worker.onerror = (event) => resolve(event.message || 'the worker does not start');
    });
    await usePage().then(() => post('/end', problem), (error) => post('/end', `${problem} ${error.stack}`));
}
