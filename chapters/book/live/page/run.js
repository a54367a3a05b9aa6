// run.js -- runs cells of the chapter: the program as it was printed, at once, or
// compiled anew with the reader's text in it. Outputs and figures take the place
// of those on the page.

import { service, spawn, unpack } from './packs.js';
import { affectedCells, chapter, compose, stemOfPage } from './chapter.js';
import { outputOf } from './blocks.js';
import { redraw } from './figures.js';

const SECONDS = 60;
export const compiler = service('cc');
const plotter = service('plot');

// What clang says, with the lines of the page's own blocks; these are marked.
export function inBlocks(said, path, origin, asking) {
    const marked = new Map;
    const place = /^([\w/.]+\.[ch]):(\d+):(\d+): /gm;
    const text = said.replace(place, (all, file, line) => {
        const home = file === path && origin[line - 1];
        if (!home)
            return all;
        if (!marked.has(home.block))
            marked.set(home.block, []);
        marked.get(home.block).push(home.line);
        return (home.block === asking ? 'line ' : 'another block, line ')
             + home.line + ': ';
    });
    for (const [block, lines] of marked)
        block.mark(lines);
    return text;
}

export function waitingText() {
    return compiler.isReady() ? 'compiling ...' : 'loading the compiler ...';
}

// The program, compiled with what the reader has changed: { wasm } or { failed }.
async function programOf(c, block) {
    if (!c.blocks.some(each => each.isChanged()))
        return { wasm: await unpack(stemOfPage + '.wasm') };
    const { text, origin } = compose(c), path = `chapters/${stemOfPage}.c`;
    block.status.textContent = waitingText();
    const answer = await compiler.ask({ path, text, flags: c.flags,
                                        parts: c.parts, libraries: [] });
    block.note(inBlocks(answer.said, path, origin, block));
    return answer;
}

// What the library says of a mistake, "FILE:LINE: ...", with the block's line.
function libraryInBlocks(text, c, block) {
    const { origin } = compose(c), file = stemOfPage + '.c:';
    return text.replace(new RegExp(`\\b${file}(\\d+):`, 'g'), (all, line) => {
        const home = origin[line - 1];
        return home ? (home.block === block ? 'line ' : 'another block, line ')
                      + home.line + ':' : all;
    });
}

// Runs the cells one by one; shows each output when it is there. Returns the data
// that were made for figures, or null if it came to no good end.
async function runCells(c, block, wasm, cells, options) {
    const worker = await spawn('run'), decoder = new TextDecoder, data = {};
    let complaint = '';
    block.stopButton.hidden = false;
    const end = await new Promise(ended => {
        const clock = setTimeout(
            () => block.stop(`stopped, after ${SECONDS} seconds`),
            SECONDS * 1000);
        block.stop = why => {
            clearTimeout(clock);
            ended(why);
        };
        worker.addEventListener('message', ({ data: message }) => {
            if (message.type === 'said' && message.fd === 2)
                complaint += decoder.decode(message.bytes);
            if (message.type === 'ran')
                complaint = showRun(c, block, message, complaint, data);
            if (message.type === 'end')
                block.stop('');
        });
        worker.postMessage({ wasm, runs: cells.map(name =>
            ['--cell', name, '--out', '/out', ...options]) });
    });
    worker.terminate();
    block.stopButton.hidden = true;
    block.status.textContent = end;
    return end ? null : data;
}

function showRun(c, block, { args, code, trap, files }, complaint, data) {
    const name = args[1], home = c.blocks.find(b => b.cells.includes(name));
    for (const [path, bytes] of Object.entries(files)) {
        if (path.endsWith('.dat'))
            data[path] = bytes;
        if (path === `out/${name}.out` && home)
            show(outputOf(home), new TextDecoder().decode(bytes).trimEnd());
    }
    if (code || trap)
        (home || block).note(libraryInBlocks(
            `${name}: ${complaint.trim() || trap || `status ${code}`}`, c,
            home || block));
    return '';
}

function show(pre, text) {
    if (pre.textContent.trimEnd() === text)
        return;
    pre.textContent = text + '\n';
    pre.classList.add('live-changed');
}

// Draws anew from the data that were made, and from those of other cells.
async function draw(c, data) {
    if (!c.script || !Object.keys(data).length)
        return;
    Object.assign(c.data, data);
    const { figures } = await plotter.ask({
        script: c.script, files: { 'plots/style.gp': c.style, ...c.data } });
    for (const [name, svg] of Object.entries(figures))
        redraw(name, svg);
}

// Runs the block's own cells, or if it was changed all that may print something
// else now; if none does, all.
export async function run(block, blocks, options = []) {
    const start = performance.now(), c = await chapter(blocks);
    c.blocks.forEach(each => each.mark([]));
    block.note('');
    block.status.textContent = 'running ...';
    const program = await programOf(c, block);
    if (program.failed) {
        block.status.textContent = 'does not compile';
        return { failed: true };
    }
    let cells = affectedCells(c);
    for (const name of block.cells || [])
        if (!cells.includes(name))
            cells.push(name);
    cells = cells.length ? cells : c.cells;
    block.status.textContent = 'running ...';
    const data = await runCells(c, block, program.wasm, cells, options);
    for (const each of c.blocks)
        each.lastRun = each.text();
    if (data) {
        await draw(c, data);
        const seconds = (performance.now() - start) / 1000;
        block.status.textContent = (cells.length === 1 ? cells[0]
                                    : `${cells.length} cells`)
                                 + `: ${seconds.toFixed(2)} s`;
    }
    return { cells, ended: data ? 'done' : block.status.textContent };
}
