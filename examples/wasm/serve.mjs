// node serve.mjs [PORT]: the page at http://127.0.0.1:PORT/index.html, for a look; browsers load no modules from files.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const types = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' };
const server = createServer(async ({ url }, response) => {
    const name = url.replace(/^\/|\?.*/g, '') || 'index.html';
    const type = /^[a-z]+\.(html|js|wasm)$/.test(name) && types[name.split('.')[1]];
    try {
        const bytes = await readFile(new URL(type ? name : '-', import.meta.url));
        response.writeHead(200, { 'content-type': type }).end(bytes);
    } catch {
        response.writeHead(404).end();
    }
});
server.listen(Number(process.argv[2] ?? 8000), '127.0.0.1', () =>
    console.log(`http://127.0.0.1:${server.address().port}/index.html`));
