// plot.js -- the worker that draws: gnuplot, in WebAssembly.
//
// { id, script, files } -> { id, figures, log }: the figures that the script
// drew from the files, { name: SVG }.

import { asset, unpackedBytes } from './prelude.js';
import createGnuplot from 'gnuplot-wasm/src/gnuplot.js';

const compiled = (async () =>
    WebAssembly.compile(await unpackedBytes(await asset('gnuplot.wasm'))))();

async function draw(script, files) {
    const module = await compiled, log = [];
    const gnuplot = await createGnuplot({
        noInitialRun: true, noFSInit: true,
        print: line => log.push(line), printErr: line => log.push(line),
        instantiateWasm(imports, receive) {
            WebAssembly.instantiate(module, imports)
                .then(instance => receive(instance, module));
            return {};
        },
    });
    const disk = gnuplot.FS, figures = {};
    disk.init(() => null, null, null);
    ['plots', 'out', 'figures'].forEach(folder => disk.mkdir(folder));
    for (const [path, content] of Object.entries(files))
        disk.writeFile(path, content);
    disk.writeFile('all.gp', "data = 'out'; out = 'figures'\n" + script);
    gnuplot.callMain(['all.gp']);
    for (const name of disk.readdir('figures'))
        if (name.endsWith('.svg'))
            figures[name.slice(0, -4)] =
                disk.readFile('figures/' + name, { encoding: 'utf8' });
    return { figures, log: log.join('\n') };
}

self.onmessage = async ({ data: { id, script, files } }) => {
    try {
        postMessage({ id, ...await draw(script, files) });
    } catch (error) {
        postMessage({ id, figures: {}, log: String(error) });
    }
};
