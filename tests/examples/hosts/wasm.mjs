// What tokusage.js says about bodies, in judge.c's lines with a column for each count. Any engine runs this file: node
// here, a worker of a browser through page.mjs.
const absent = '-';

// The line of tokusage_error_text.
function words({ member, reason, expected, actual }) {
    const numbers = member === 'total_tokens' ? `: they say ${expected}, it says ${actual}` : `: it says ${actual}, the whole is ${expected}`;
    return `${member ?? ''}${member ? ': ' : ''}${reason}${expected || actual ? numbers : ''}`;
}

function line(Usage, name, length, usage) {
    const { verdict, counts, model = absent, error } = usage.verdict();
    const columns = Usage.names.map((count) => counts[count] ?? absent);
    return [name, length, verdict, model, ...columns, usage.verdict(true).verdict, error ? words(error) : absent].join('\t');
}

// Each beginning of the body: a chunk of one byte a time. At each of them the rest is fed as a second chunk to another
// usage, which must say what is said of the whole.
export function beginnings(Usage, name, bytes) {
    const whole = new Usage();
    const taken = whole.feed(bytes);
    const last = line(Usage, name, bytes.length, whole);
    const growing = new Usage();
    const lines = [line(Usage, name, 0, growing)];
    for (let at = 0; at < bytes.length; at++) {
        growing.feed(bytes.subarray(at, at + 1));
        lines.push(line(Usage, name, at + 1, growing));
        const two = new Usage();
        const both = two.feed(bytes.subarray(0, at)) + two.feed(bytes.subarray(at));
        if (line(Usage, name, bytes.length, two) !== last || both !== taken) lines.push(`${name}: differs when cut at ${at}`);
    }
    return lines;
}
