// judge.js -- the worker in which one check of an exercise runs: see trial.c
// beside, which says why it runs twice.
//
// { wasm, args, env, files } -> { type: 'file', name, bytes } of what must
// outlive the worker, as soon as it is there; { type: 'end', ended, said }.

import { wasi } from './wasi.js';

const MOST = 4 << 20;   // bytes printed

// What would have been a signal on a machine with processes.
function signalOf(trap) {
    const text = String(trap.message || trap);
    return /more than 4 MB/.test(text) ? 'XFSZ'
         : /divide|remainder/.test(text) ? 'FPE'
         : /out of bounds|null function|indirect call|signature|stack/i.test(text)
             ? 'SEGV'
             : 'ABRT';
}

function joined(parts) {
    const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}

self.onmessage = async ({ data: { wasm, args, env, files } }) => {
    const module = await WebAssembly.compile(wasm);
    const kept = { printed: [], complained: [] };
    let length = 0;
    const send = (name, bytes) => postMessage({ type: 'file', name, bytes });
    const end = await wasi(module, {
        args: ['judge', ...args], env, files,
        close: (path, bytes) => {
            if (path === 'report')
                send(path, bytes.slice());
        },
        write(fd, bytes) {
            const name = fd === 1 ? 'printed' : 'complained';
            kept[name].push(bytes);
            length += bytes.length;
            if (length > MOST)
                throw new Error('printed more than 4 MB');
            if (length < 4000)      // an endless loop may follow
                send(name, joined(kept[name]));
        },
    });
    if (end.trap)
        try { end.instance.exports.save_report?.(); } catch { /* it is gone */ }
    for (const [name, parts] of Object.entries(kept))
        send(name, joined(parts).slice(0, 1 << 20));
    const ended = end.trap ? 'signal ' + signalOf(end.trap)
                           : 'exit ' + end.code;
    postMessage({ type: 'end', ended,
                  said: new TextDecoder().decode(joined(kept.printed)) });
};
