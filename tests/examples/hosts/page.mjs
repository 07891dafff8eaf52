// node page.mjs BROWSER EXAMPLE WASM FOLDER FILE...: serves the example and the bodies on a loopback address, opens
// them in a headless browser, and leaves in FOLDER what page_run.mjs posts (lines, shown) and a picture of the page
// (page.png).
import { createServer } from 'node:http';
import { appendFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { spawn } from 'node:child_process';

const [browser, example, wasm, folder, ...files] = process.argv.slice(2);
const bodies = new Map(files.map((file) => [basename(file), file]));
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const served = {
    '/index.html': ['text/html', () => readFileSync(join(example, 'index.html'))],
    '/tokusage.js': ['text/javascript', () => readFileSync(join(example, 'tokusage.js'))],
    '/tokusage.wasm': ['application/wasm', () => readFileSync(wasm)],
    '/wasm.mjs': ['text/javascript', () => readFileSync(join(here, 'wasm.mjs'))],
    '/page_run.mjs': ['text/javascript', () => readFileSync(join(here, 'page_run.mjs'))],
    '/run.html': ['text/html', () => '<!DOCTYPE html><body><script type="module" src="/page_run.mjs"></script>'],
    '/list': ['application/json', () => JSON.stringify([...bodies.keys()])],
};
let finish;
const finished = new Promise((resolve) => (finish = resolve));

async function receive(request, path) {
    let words = '';
    for await (const part of request.setEncoding('utf8')) words += part;
    if (path === '/end') finish(words);
    else appendFileSync(join(folder, path.slice(1)), words);
}

// A body as a server sends it: in chunks, a moment between them.
async function stream(response) {
    const bytes = readFileSync(bodies.get('data-anthropic-stream.sse'));
    for (let at = 0; at < bytes.length; at += 50) {
        response.write(bytes.subarray(at, at + 50));
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    response.end();
}

const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url.replace(/\?.*/, ''));
    if (request.method === 'POST') {
        await receive(request, path);
        response.end();
    } else if (path === '/streamed') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        await stream(response);
    } else if (path.startsWith('/bodies/')) {
        response.end(readFileSync(bodies.get(path.slice(8))));
    } else if (served[path]) {
        response.writeHead(200, { 'content-type': served[path][0] }).end(served[path][1]());
    } else {
        response.writeHead(404).end();
    }
});

function open(...more) {
    return spawn(browser, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        `--user-data-dir=${folder}/profile`, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
}

server.listen(0, '127.0.0.1', async () => {
    const at = `http://127.0.0.1:${server.address().port}`;
    const tests = open(`${at}/run.html`);
    tests.stderr.resume();
    tests.on('exit', (code) => finish(`the browser ended with ${code}`));
    const late = setTimeout(() => finish('the browser takes too long'), 120000);
    const problem = await finished;
    clearTimeout(late);
    tests.kill();
    const picture = open(`--screenshot=${folder}/page.png`, '--window-size=1000,760', '--virtual-time-budget=5000',
        `${at}/index.html?body=/streamed`);
    picture.stderr.resume();
    await new Promise((resolve) => picture.on('exit', resolve));
    if (problem) console.error(problem);
    process.exit(problem ? 1 : 0);
});
