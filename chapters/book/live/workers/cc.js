// cc.js -- the worker that compiles: clang and its linker, in WebAssembly.
//
// { id, path, text, flags, parts, libraries } -> { id, wasm, said } or
// { id, failed, said }, with tooSmall, too, if it has called what half a compiler
// lacks (tools/halves.mjs). `text` takes the place of the file at `path`; `parts`
// are objects of the shelf that it is linked with.

import { asset, unpackedBytes } from './prelude.js';
import './fetch.js';
import { runLLVM } from '@yowasp/clang';
import { compileArguments, linkArguments } from '../tools/arguments.js';

function put(tree, path, content) {
    const parts = path.split('/'), name = parts.pop();
    for (const part of parts)
        tree = tree[part] ??= {};
    tree[name] = content;
}

// Headers and objects: four bytes that say how long a table of contents is, that
// table, as JSON, and all the objects one behind the other.
async function openShelf() {
    const bytes = await unpackedBytes(await asset('shelf'));
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const contents = new TextDecoder().decode(bytes.subarray(4, 4 + length));
    const { texts, objects } = JSON.parse(contents), tree = {};
    const encoder = new TextEncoder;
    for (const [path, text] of Object.entries(texts))
        put(tree, path, encoder.encode(text));
    for (const [path, [at, size]] of Object.entries(objects))
        put(tree, path, bytes.subarray(4 + length + at, 4 + length + at + size));
    return tree;
}

const shelf = openShelf();
const ready = Promise.all([shelf, runLLVM(null, {}, { fetchProgress() {} })])
    .then(() => postMessage({ type: 'ready' }));

self.onmessage = async ({ data }) => {
    const decoder = new TextDecoder;
    let said = '';
    const listen = bytes => { said += bytes ? decoder.decode(bytes) : ''; };
    const io = { stdout: listen, stderr: listen, decodeASCII: false };
    try {
        await ready;
        const tree = await shelf;
        put(tree, data.path, data.text);
        const compiled = await runLLVM(
            compileArguments(data.path, data.flags, 'edited.o'), tree, io);
        const files = { ...tree, 'edited.o': compiled['edited.o'] };
        const linked = await runLLVM(
            linkArguments(['edited.o', ...data.parts], data.libraries), files,
            io);
        postMessage({ id: data.id, wasm: linked['program.wasm'], said });
    } catch (error) {
        postMessage({ id: data.id, failed: true,
                      tooSmall: error instanceof WebAssembly.RuntimeError,
                      said: said || String(error.stack || error) });
    }
};
