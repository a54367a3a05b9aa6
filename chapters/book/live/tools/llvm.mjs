// llvm.mjs -- clang and its linker, as the page has them, run by node.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { takeCalled, watch } from './halves.mjs';

// What `make setup-live` has installed, out of the sources' way.
export const installed = path.resolve(process.env.LIVE_NPM, 'node_modules');

export const load = name =>
    import(pathToFileURL(path.join(installed, name)).href);

// Where the compiler's parts are.
export const parts = path.join(installed, '@yowasp/clang/gen');

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

// The compiler whose parts lie in that folder. -> a function that runs it with
// such arguments, { name: content } being its files: { files, said, failed }, and,
// where it notes that, which of its functions were called.
export async function compilerIn(folder) {
    const { runLLVM } =
        await import(pathToFileURL(path.join(folder, 'bundle.js')).href);
    watch();
    return async (args, files) => {
        const decoder = new TextDecoder;
        let said = '';
        const listen = bytes => { said += bytes ? decoder.decode(bytes) : ''; };
        try {
            const made = await runLLVM(args, files, {
                stdout: listen, stderr: listen, decodeASCII: false,
                fetchProgress() {},
            });
            return { files: made, said, called: takeCalled() };
        } catch (error) {
            if (error.code === undefined)
                throw error;
            return { failed: true, said, called: takeCalled() };
        }
    };
}
