// arguments.js -- what clang and its linker are told, by the page and when the
// site is made.

export const TARGET = '--target=wasm32-wasip1';

export function compileArguments(path, flags, object) {
    return ['clang', TARGET, ...flags, '-fno-diagnostics-show-line-numbers', '-c',
            '-o', object, path];    // (they would be the whole file's)
}

// The cell that a line of a chapter's main adds.
export const cellIn = line => (line.match(/^[ \t]+cell\((\w+)\);/) || [])[1];

// A chapter of which only these cells are to run: of the others the compiler says
// what is wrong, as of all, but it makes nothing of them, nor of what they alone use.
export function onlyCells(text, cells) {
    return text.split('\n').map((line, i) => {
        const name = cellIn(line);
        return !name || cells.includes(name) ? line
            : `    if (0)\n#line ${i + 1}\n${line}`;
    }).join('\n');
}

const LIBRARIES = '/usr/lib/wasm32-wasip1';
const RUNTIME = '/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a';

// A stack of a megabyte below everything else, so that what runs over is
// noticed; at most 512 MB in all.
export function linkArguments(objects, libraries = []) {
    return ['wasm-ld', '-m', 'wasm32', '-L' + LIBRARIES,
            LIBRARIES + '/crt1-command.o', ...objects, ...libraries, '-lm', '-lc',
            RUNTIME, '--strip-all', '--gc-sections', '--stack-first',
            '-z', 'stack-size=1048576', '--max-memory=536870912',
            '-o', 'program.wasm'];
}
