// run.js -- the worker that runs a chapter's program, once for each list of
// arguments. The page may end it at any time.
//
// { wasm, runs, files }, wasm being bytes or a module -> { type: 'said', fd, bytes } as it prints;
// { type: 'made', path, bytes } for each file that it names;
// { type: 'ran', args, code, trap, files } after each run; { type: 'end' }.

import { wasi } from './wasi.js';

const MOST = 4e6;       // bytes printed

self.onmessage = async ({ data: { wasm, runs, files = {}, stdin = '' } }) => {
    const module = wasm instanceof WebAssembly.Module
        ? wasm : await WebAssembly.compile(wasm);
    for (const args of runs) {
        let printed = 0;
        const end = await wasi(module, {
            args: ['chapter', ...args], dirs: ['out', 'tmp'], files, stdin,
            write(fd, bytes) {
                printed += bytes.length;
                if (printed > MOST)
                    throw new Error('It printed more than 4 MB.'
                                    + ' A loop without end?');
                postMessage({ type: 'said', fd, bytes });
            },
            close(path, bytes) {
                postMessage({ type: 'made', path, bytes: bytes.slice() });
            },
        });
        const made = {};
        for (const [path, bytes] of Object.entries(end.files))
            if (!(path in files))
                made[path] = bytes.slice();
        postMessage({ type: 'ran', args, code: end.code, files: made,
                      trap: end.trap && String(end.trap.message || end.trap) });
    }
    postMessage({ type: 'end' });
};
