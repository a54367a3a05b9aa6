// llvm.mjs -- clang and its linker, as the page has them, run by node.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

// What `make setup-live` has installed, out of the sources' way.
export const installed = path.resolve(process.env.LIVE_NPM, 'node_modules');

export const load = name =>
    import(pathToFileURL(path.join(installed, name)).href);

const { runLLVM } = await load('@yowasp/clang/gen/bundle.js');

// A folder as the compiler takes it: { name: text or folder }.
export function tree(folder, wanted = /\.[ch]$/) {
    const found = {};
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) {
            const below = tree(name, wanted);
            if (Object.keys(below).length)
                found[entry.name] = below;
        } else if (wanted.test(entry.name))
            found[entry.name] = fs.readFileSync(name, 'utf8');
    }
    return found;
}

// -> { files, said, failed }
export async function llvm(args, files) {
    const decoder = new TextDecoder;
    let said = '';
    const listen = bytes => { said += bytes ? decoder.decode(bytes) : ''; };
    try {
        const made = await runLLVM(args, files, {
            stdout: listen, stderr: listen, decodeASCII: false,
            fetchProgress() {},
        });
        return { files: made, said };
    } catch (error) {
        if (error.code === undefined)
            throw error;
        return { failed: true, said };
    }
}
