// Compares the library with eventsource-parser and @smithy/eventstream-codec, both of npm, at random bodies. See peers.sh.
//     node peers.mjs PROGRAM EVENTS-TABLE     the program is peers.c
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.env.TOKUSAGE_PEERS, 'none.js'))
const { createParser } = require('eventsource-parser')
const { EventStreamCodec } = require('@smithy/eventstream-codec')

const [program, table] = process.argv.slice(2)
const seed = BigInt(process.env.TOKUSAGE_SEED ?? Date.now())
const effort = Number(process.env.TOKUSAGE_EFFORT ?? 100) / 100
console.log(`TOKUSAGE_SEED=${seed}`)

// ----------------------------------------------------------------------------------------------------- random

let state = seed
const bits = () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return Number(state >> 33n)
}
const below = (limit) => bits() % limit
const any = (list) => list[below(list.length)]
const rounds = (usual) => Math.max(1, Math.round(usual * effort))

// -------------------------------------------------------------------------------------------- the library's side

const latin1 = (text) => Buffer.from(text, 'latin1')

const run = (input, ...words) => {
    const done = spawnSync(program, words, { input, maxBuffer: 1 << 30 })
    if (done.status !== 0) throw new Error(`${program} ended with ${done.status ?? done.signal}: ${done.stderr}`)
    return done.stdout
}

const withLength = (body) => {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(body.length)
    return Buffer.concat([length, body])
}

// What the library reads in each body: "5 7 consistent".
const readAll = (bodies) =>
    run(Buffer.concat(bodies.map(withLength))).toString().split('\n').filter((line) => /^[0-9a-z ]+$/.test(line))

const differ = (what, body, want, got) => {
    console.log(`FAILED: ${what}\n${JSON.stringify(body.toString('latin1'))}\nthe peer: ${want}\ntokusage: ${got}`)
    process.exit(1)
}

// ----------------------------------------------------------------------------------------------------- events

// The data of each event, by eventsource-parser, in random chunks. Here an event ends with the body, too.
const eventsOf = (body) => {
    const data = []
    const parser = createParser({ onEvent: (event) => data.push(event.data) })
    for (let at = 0; at < body.length;) {
        const size = 1 + below(30)
        parser.feed(body.slice(at, at + size))
        at += size
    }
    parser.feed('\n\n')
    return data
}

const parsed = (text) => {
    try {
        return { value: JSON.parse(text) }
    } catch {
        return undefined
    }
}

// The first document of the text and what is after it, or undefined where there is none.
const firstDocument = (text) => {
    const scalar = /^(?:-?[0-9]+|null|"[^"\\\n]*")/.exec(text)
    if (scalar) return { ...parsed(scalar[0]), rest: text.slice(scalar[0].length) }
    if (!text.startsWith('{')) return undefined
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
        const document = parsed(text.slice(0, end + 1))
        if (document) return { ...document, rest: text.slice(end + 1) }
    }
    return undefined
}

// The prompts of the documents of all events, up to the end mark.
const promptsOf = (events) => {
    const prompts = []
    for (let text of events) {
        for (;;) {
            text = text.replace(/^[ \t\n\r]+/, '')
            if (text.startsWith('[D')) return prompts
            const document = firstDocument(text)
            if (!document) break
            const prompt = document.value?.usage?.prompt_tokens
            if (prompt !== undefined) prompts.push(prompt)
            text = document.rest
        }
    }
    return prompts
}

const usage = (number) => `{"usage":{"prompt_tokens":${number}}}`

// A body that begins with a field: white space before the first one is not the library's and the peer's in the same way.
const randomEvents = () => {
    let number = 0
    const end = () => any(['\n', '\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n'])
    const name = () => any(['data', 'data', 'data', 'data:', 'data: ', 'data:  ', 'data :', 'dat:', 'datax:', 'Data:', ':', 'id:', 'event: ',
        'retry:', ' data:', '\tdata:', 'x:', 'data\0:'])
    const value = () => any([
        () => usage(++number), () => usage(++number), () => usage(++number),
        () => `{"a":"\xE2\x80\xA8 \xF0\x9F\x98\x80 \\u0075 \\" [DONE]","usage":{"prompt_tokens":${++number}}}`,
        () => `{"usage":${end()}${name()}{"prompt_tokens":${++number}${end()}data: }}`,
        () => `{"usage":\ndata: {"prompt_tokens":${++number}\r\ndata:}}`,
        () => usage(++number) + usage(++number),
        () => '{"choices":[{"delta":{"content":"usage"}}]}', () => '{"usage":null}', () => '12', () => 'null',
        () => '"x"', () => 'x', () => '', () => '', () => ' ', () => '\0', () => ':', () => '}', () => '{',
        () => below(6) ? '' : '[DONE]',
    ])()
    const line = () => `${name()}${value()}${end()}`
    let body = any(['data:', 'data: ', ':', 'event: x\n', 'id:1\r', '\xEF\xBB\xBFdata:'])
    for (let left = below(30); left > 0; left--) {
        body += any([line, line, line, () => `data: ${usage(++number)}\n\n`, () => `data: ${value()}\n`, end, name, value])()
    }
    return body
}

const compareEvents = (what, bodies, wanted) => {
    const got = readAll(bodies.map(latin1))
    if (got.length !== bodies.length) throw new Error(`${bodies.length} bodies, ${got.length} lines`)
    bodies.forEach((body, i) => {
        const prompts = got[i].replace(/[a-z]+$/, '').trim()
        if (wanted[i].join(' ') !== prompts) differ(what, latin1(body), wanted[i].join(' '), got[i])
    })
}

const checkTable = () => {
    const rows = readFileSync(table, 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t'))
    for (const [cell, prompts, about] of rows) {
        const body = cell.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
            .replace(/#([0-9])/g, (_, number) => usage(number))
        const want = promptsOf(eventsOf(body)).join(' ')
        if (want !== prompts) differ(`${table}: ${about}`, latin1(body), want, prompts)
    }
    console.log(`events: ${rows.length} bodies of the table are read by eventsource-parser as it says`)
}

const checkEvents = () => {
    const bodies = Array.from({ length: rounds(20000) }, randomEvents)
    const wanted = bodies.map((body) => promptsOf(eventsOf(body)))
    const documents = wanted.reduce((sum, prompts) => sum + prompts.length, 0)
    if (documents < bodies.length) throw new Error(`only ${documents} usages in ${bodies.length} bodies`)
    compareEvents('events', bodies, wanted)
    console.log(`events: ${bodies.length} random bodies with ${documents} usages are read as by eventsource-parser`)
}

// ----------------------------------------------------------------------------------------------------- frames

const utf8 = (bytes) => Buffer.from(bytes).toString('utf8')
const codec = new EventStreamCodec(utf8, (text) => new Uint8Array(Buffer.from(text, 'utf8')))
const randomBytes = (length) => Uint8Array.from({ length }, () => below(256))
const hex = (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join('')

const headerValue = () => any([
    () => ({ type: 'boolean', value: below(2) === 0 }), () => ({ type: 'byte', value: below(256) - 128 }),
    () => ({ type: 'short', value: below(65536) - 32768 }), () => ({ type: 'integer', value: bits() - 2 ** 30 }),
    () => ({ type: 'long', value: { bytes: randomBytes(8) } }),
    () => ({ type: 'binary', value: randomBytes(below(300)) }),
    () => ({ type: 'string', value: any(['event', 'chunk', 'application/json', 'x'.repeat(below(300)), '\u00E9\u{1F600}']) }),
    () => ({ type: 'timestamp', value: new Date(bits() * 1000) }),
    () => ({ type: 'uuid', value: [8, 4, 4, 4, 12].map(hex).join('-') }),
])()

const headers = () =>
    Object.fromEntries(Array.from({ length: below(8) }, () => [any([':event-type', ':content-type', 'h' + hex(below(200))]), headerValue()]))

// A payload with a usage or without; what it says is added to `prompts`.
const payload = (prompts) => {
    const number = 1 + bits()
    const document = any([usage(number), `{"metrics":{"latencyMs":${below(999)}},"usage":{"inputTokens":${number}}}`,
        `{"type":"message_start","message":{"usage":{"input_tokens":${number}}}}`, '{"contentBlockIndex":0,"delta":{"text":"\u{1F600}"}}', '{}'])
    if (document.includes(number)) prompts.push(number)
    if (below(3) > 0) return Buffer.from(document)
    const base64 = Buffer.from(document).toString('base64')
    return Buffer.from(`{"bytes":"${below(4) ? base64 : base64.replace(/=+$/, '')}"${any(['', ',"p":"abcdef"'])}}`)
}

const randomFrames = () => {
    const prompts = []
    const frames = Array.from({ length: 1 + below(9) }, () => {
        const before = prompts.length
        const frame = Buffer.from(codec.encode({ headers: headers(), body: below(12) ? payload(prompts) : Buffer.alloc(0) }))
        return { frame, prompts: prompts.slice(before) }
    })
    let broken = -1
    if (below(3) === 0) {
        broken = below(frames.length)
        frames[broken].frame[below(12)] ^= 1 << below(8)
    }
    return { frames, broken }
}

// What the peer says of these frames: it reads each of them, or says that the prelude is wrong.
const framesRead = ({ frames, broken }) => {
    const prompts = []
    for (let i = 0; i < frames.length; i++) {
        try {
            codec.decode(frames[i].frame)
        } catch (error) {
            if (i !== broken) throw error
            return { prompts, broken: true }
        }
        prompts.push(...frames[i].prompts)
    }
    return { prompts, broken: false }
}

const checkFrames = () => {
    const bodies = []
    let frames = 0
    while (frames < rounds(10000)) {
        bodies.push(randomFrames())
        frames += bodies.at(-1).frames.length
    }
    const bytes = bodies.map((body) => Buffer.concat(body.frames.map(({ frame }) => frame)))
    // A body must begin like frames.
    const kept = bodies.map((_, i) => i).filter((i) => bytes[i][0] === 0)
    const got = readAll(kept.map((i) => bytes[i]))
    if (got.length !== kept.length) throw new Error(`${kept.length} bodies, ${got.length} lines`)
    kept.forEach((i, line) => {
        const want = framesRead(bodies[i])
        const [, prompts, verdict] = /^([0-9 ]*?) ?([a-z]+)$/.exec(got[line])
        if (want.prompts.join(' ') !== prompts || want.broken !== (verdict === 'unreadable')) {
            differ('frames', bytes[i], `${want.prompts.join(' ')} ${want.broken ? 'broken' : 'read'}`, got[line])
        }
    })
    console.log(`frames: ${frames} of @smithy/eventstream-codec in ${kept.length} bodies are read as made`)
}

// The frames that the library's own tests make are frames.
const checkTestFrames = () => {
    const count = rounds(2000)
    let bytes = run('', 'write', String(count))
    for (let i = 0; i < count; i++) {
        const length = bytes.readUInt32LE()
        const document = JSON.parse(utf8(codec.decode(bytes.subarray(4, 4 + length)).body))
        const inner = document.bytes ? JSON.parse(Buffer.from(document.bytes, 'base64').toString()) : document
        if (inner.usage.prompt_tokens !== i) differ('frames of the tests', bytes.subarray(4, 4 + length), i, JSON.stringify(inner))
        bytes = bytes.subarray(4 + length)
    }
    console.log(`frames: ${count} of the tests' own are read by @smithy/eventstream-codec`)
}

checkTable()
checkEvents()
checkFrames()
checkTestFrames()
