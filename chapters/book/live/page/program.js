// program.js -- a program of the book's, such as build/programs/translate, compiled
// for the page. It is loaded with its first run, and its worker lives on until it
// is stopped.

import { spawn, unpack } from './packs.js';

const parts = {};
const part = (name, load = unpack) => parts[name] ??= load(name);

export const isLoaded = name => name in parts;

export function program(name) {
    let worker, stop = () => {};
    // packs: names of packs, by the path at which the program finds their bytes.
    // hear(text): what it says, as it says it. -> { said, complaint, files,
    // failed } or { stopped: true }
    async function run(args, { packs = {}, stdin = '', hear = () => {} } = {}) {
        const [wasm, ...contents] = await Promise.all([
            part(name + '.wasm', pack => unpack(pack).then(WebAssembly.compile)),
            ...Object.values(packs).map(pack => part(pack))]);
        const running = worker ??= await spawn('run');
        const files = Object.fromEntries(
            Object.keys(packs).map((path, i) => [path, contents[i]]));
        const decoders = { 1: new TextDecoder, 2: new TextDecoder };
        const said = { 1: '', 2: '' };
        return new Promise(ended => {
            let ran;
            stop = () => {
                running.terminate();
                worker = undefined;
                ended({ stopped: true });
            };
            running.onmessage = ({ data }) => {
                if (data.type === 'said') {
                    said[data.fd] += decoders[data.fd].decode(data.bytes,
                                                              { stream: true });
                    if (data.fd === 1)
                        hear(said[1]);
                }
                if (data.type === 'ran')
                    ran = data;
                if (data.type === 'end')
                    ended({ said: said[1].trim(), complaint: said[2].trim(),
                            files: ran.files, failed: ran.code || ran.trap });
            };
            running.postMessage({ wasm, files, stdin, runs: [args] });
        });
    }
    return { run, stop: () => stop() };
}
