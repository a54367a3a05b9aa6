// arguments.js -- what clang and its linker are told, by the page and when the
// site is made.

export const TARGET = '--target=wasm32-wasip1';

export function compileArguments(path, flags, object) {
    return ['clang', TARGET, ...flags, '-fno-diagnostics-show-line-numbers', '-c',
            '-o', object, path];    // (they would be the whole file's)
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
