// run.js -- runs cells of the chapter: the program as it was printed, at once, or
// compiled anew with the reader's text in it. Outputs and figures take the place
// of those on the page.

import { service, spawn, unpack } from './packs.js';
import { affectedCells, chapter, compose, stemOfPage } from './chapter.js';
import { onlyCells } from '../tools/arguments.js';
import { outputOf } from './blocks.js';
import { redraw } from './figures.js';

const SILENCE = 120;    // seconds without a word after which a run is stopped
const LINES = 5;        // of what it complained of
// What nearly all edits need of the compiler, and all of it.
export const compiler = service('cc', [{ 'llvm.core.wasm': 'llvm.half.wasm' }, {}]);
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
        return home.block.lineFor(asking, home.line) + ': ';
    });
    for (const [block, lines] of marked)
        block.mark(lines);
    return text;
}

export function waitingText() {
    return compiler.isReady() ? 'compiling ...' : 'loading the compiler ...';
}

// The data that programs read, by name.
const read = {};

// The program as it was printed.
let printed;
const printedProgram = () => printed ??= unpack(stemOfPage + '.wasm')
    .then(bytes => WebAssembly.compile(bytes));

// The program, compiled with what the reader has changed, as far as these cells
// need it: { wasm } or { failed }.
async function programOf(c, block, cells) {
    if (!c.blocks.some(each => each.isChanged()))
        return { wasm: await printedProgram() };
    const { text, origin } = compose(c), path = `chapters/${stemOfPage}.c`;
    block.status.textContent = waitingText();
    const answer = await compiler.ask({ path, text: onlyCells(text, cells),
                                        flags: c.flags, parts: c.parts,
                                        libraries: [] });
    block.note(inBlocks(answer.said, path, origin, block));
    return answer;
}

// What the library says of a mistake, "FILE:LINE: ...", with the block's line.
function libraryInBlocks(text, c, block) {
    const { origin } = compose(c), file = stemOfPage + '.c:';
    return text.replace(new RegExp(`\\b${file}(\\d+):`, 'g'), (all, line) => {
        const home = origin[line - 1];
        return home ? home.block.lineFor(block, home.line) + ':' : all;
    });
}

// Runs these cells in one go, with all output shown when it is there; each that
// is done is taken off the list. -> { code, trap, complaint } or { stopped }. The
// limit is on silence: a training says how far it is, an endless loop does not.
async function runOnce(c, block, wasm, cells, options, data) {
    const worker = await spawn('run'), decoder = new TextDecoder;
    const files = {};
    for (const name of c.reads)
        files[`chapters/data/${name}`] = await (read[name] ??= unpack(name));
    let complaint = '', clock;
    const end = await new Promise(ended => {
        block.stop = stopped => ended({ stopped });
        const live = () => {
            clearTimeout(clock);
            clock = setTimeout(
                () => block.stop(`stopped, after ${SILENCE} seconds of silence`),
                SILENCE * 1000);
        };
        live();
        worker.addEventListener('message', ({ data: message }) => {
            live();
            if (message.type === 'said' && message.fd === 2) {
                complaint += decoder.decode(message.bytes);
                block.status.textContent = complaint.trim().split('\n').pop();
            }
            if (message.type === 'made')
                showMade(c, message, cells, data);
            if (message.type === 'ran')
                ended({ ...message, complaint: complaint.trim() });
        });
        worker.postMessage({ wasm, files, runs: [[
            ...cells.flatMap(name => ['--cell', name]), '--out', '/out',
            ...options]] });
    });
    clearTimeout(clock);
    worker.terminate();
    return end;
}

function showMade(c, { path, bytes }, cells, data) {
    const [, name, kind] = path.match(/^out\/(\w+)\.(out|dat)$/) || [];
    if (kind === 'dat')
        data[path] = bytes;
    const at = cells.indexOf(name);
    if (kind !== 'out' || at < 0)
        return;
    cells.splice(at, 1);
    const home = c.blocks.find(b => b.cells.includes(name));
    if (home)
        show(outputOf(home), new TextDecoder().decode(bytes).trimEnd());
}

// Runs the cells; where one comes to a bad end, says so under its block, and goes
// on with the next. Returns the data that were made for figures, or null if it was
// stopped.
async function runCells(c, block, wasm, cells, options) {
    const left = [...cells], data = {};
    block.stopButton.hidden = false;
    let end = {};
    while (left.length && end.stopped === undefined) {
        end = await runOnce(c, block, wasm, left, options, data);
        if (!end.code && !end.trap)
            break;
        const name = left.shift(), usage = end.code === 2;
        const home = !usage && c.blocks.find(b => b.cells.includes(name)) || block;
        const told = end.complaint?.split('\n').slice(-LINES).join('\n');
        const why = told || end.trap || `status ${end.code}`;
        home.note(libraryInBlocks(usage ? why : `${name}: ${why}`, c, home));
        if (usage)
            break;
    }
    block.stopButton.hidden = true;
    block.status.textContent = end.stopped || '';
    return end.stopped === undefined ? data : null;
}

// Marks what is not as it was printed.
function show(pre, text) {
    pre.printed ??= pre.textContent.trimEnd();
    pre.textContent = text + '\n';
    pre.classList.toggle('live-changed', text !== pre.printed);
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
    let cells = affectedCells(c);
    for (const name of block.cells || [])
        if (!cells.includes(name))
            cells.push(name);
    cells = cells.length ? cells : c.cells;
    const program = await programOf(c, block, cells);
    if (program.failed) {
        block.status.textContent = 'does not compile';
        return { failed: true };
    }
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
