// bars.mjs -- how fast the pages that run are, and how much memory they take,
// beside what they may take: `make live-test ARGS=--bars`, on a machine that does
// nothing else.
//
// Each row is the median of five browsers, each new (`--rounds 1`: of one). CPU
// seconds are user and system time of all processes of the browser, until half a
// second after; memory is what is resident of the page's own process, the
// browser's program included. Prints a row for each bar; the last line counts.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

const EDITS = 3;
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// The processes of the browser: what they have computed, in seconds; and what is in
// memory, in MB, of the largest page and of all, what they share counted once.
async function processes(browser) {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const inMemory = ({ id }, file, name) => {
        try {
            return Number(fs.readFileSync(`/proc/${id}/${file}`, 'latin1')
                .match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]) / 1024;
        } catch { return 0; }           // it is gone
    };
    const sum = (list, of) => list.reduce((total, each) => total + of(each), 0);
    return {
        cpu: sum(processInfo, each => each.cpuTime),
        page: Math.max(...processInfo.filter(each => each.type === 'renderer')
            .map(each => inMemory(each, 'status', 'VmRSS'))),
        all: sum(processInfo, each => inMemory(each, 'smaps_rollup', 'Pss')),
    };
}

// CPU seconds of act(), and of what follows in half a second.
async function cpuOf(browser, act) {
    const before = (await processes(browser)).cpu;
    await act();
    await new Promise(later => setTimeout(later, 500));
    return (await processes(browser)).cpu - before;
}

// Runs the block of a cell, with this line at its beginning, or as it was printed.
// -> seconds.
const runCell = (page, cell, line = null) => page.evaluate(async ([cell, line]) => {
    const { blocks } = await LIVE.chapter();
    const block = blocks.find(b => b.cells.includes(cell));
    if (line !== null) {
        await block.edit();
        block.editor.set(block.original.replace('{\n', `{\n    ${line}\n`));
    }
    const start = performance.now(), { ended } = await LIVE.run(block);
    if (ended !== 'done')
        throw new Error(`${cell}: ${ended}`);
    return (performance.now() - start) / 1000;
}, [cell, line]);

// One round: a number for each bar, by name.
async function round(launch, site) {
    const browser = await launch(), found = {};
    const open = async stem => {
        const page = await browser.newPage();
        await page.goto(`file://${site}/${stem}.html`);
        await page.waitForFunction(() => window.LIVE || window.TRANSLATOR);
        return page;
    };
    let page = await open('02_softmax'), largest = 0, whole = 0;
    const edits = async (page, cell) => {
        const list = [];
        for (let i = 0; i <= EDITS; i++) {
            list.push(await cpuOf(browser, () =>
                runCell(page, cell, `puts("edit ${i}");`)));
            const now = await processes(browser);
            largest = Math.max(largest, now.page);
            whole = Math.max(whole, now.all);
        }
        return { first: list[0], later: median(list.slice(1)) };
    };
    found['a cell and its figure, at first'] = await runCell(page, 'temperature');
    found['and again'] = await runCell(page, 'temperature');
    const small = await edits(page, 'temperature');
    found['chapter 2, first edit'] = small.first;
    found['chapter 2, later edits'] = small.later;
    await page.close();
    page = await open('08_transformer');
    found['chapter 8, later edits'] = (await edits(page, 'counting')).later;
    await page.close();
    found['memory of the page, compiler too'] = largest;
    found['memory of the whole browser'] = whole;
    page = await open('index');
    found['a sentence and its maps'] = await page.evaluate(async () => {
        const list = [];
        for (let i = 0; i < 6; i++) {
            const start = performance.now();
            await TRANSLATOR.translate('The old woman ate an apple.');
            list.push((performance.now() - start) / 1000);
        }
        return list.slice(1).sort((a, b) => a - b)[2];
    });
    await browser.close();
    return found;
}

// How much longer all cells of a chapter take in the page than natively, by one
// thread.
async function slowness(launch, site, made, stem) {
    const browser = await launch(), page = await browser.newPage();
    await page.goto(`file://${site}/${stem}.html`);
    await page.waitForFunction(() => window.LIVE);
    const there = await page.evaluate(async () => {
        const all = { cells: (await LIVE.chapter()).cells };
        const block = LIVE.blocks.find(b => b.cells?.length);
        const kept = block.cells;
        block.cells = all.cells;
        const start = performance.now();
        await LIVE.run(block);
        block.cells = kept;
        return (performance.now() - start) / 1000;
    });
    await browser.close();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bars-'));
    const start = performance.now();
    spawnSync(`${made}/chapters/${stem}`, ['--out', folder],
              { env: { ...process.env, OMP_NUM_THREADS: '1' } });
    const here = (performance.now() - start) / 1000;
    fs.rmSync(folder, { recursive: true });
    return there / here;
}

const BARS = [      // what, at most, unit
    ['a cell and its figure, at first', 0.5, 's'],
    ['and again', 0.15, 's'],
    ['chapter 2, first edit', 6, 's CPU'],
    ['chapter 2, later edits', 1.2, 's CPU'],
    ['chapter 8, later edits', 2.5, 's CPU'],
    ['a sentence and its maps', 0.1, 's'],
    ['memory of the page, compiler too', 650, 'MB'],
    ['memory of the whole browser', 650, 'MB'],
    ['chapter 5, times as long as here', 4, ''],
    ['chapter 7, times as long as here', 4, ''],
];

// launch(): a new browser. site: the pages; made: the book's programs. -> how many
// bars are not met.
export async function bars({ launch, site, made, rounds = 5 }) {
    const found = [];
    for (let i = 0; i < rounds; i++) {
        found.push({ ...await round(launch, site),
            'chapter 5, times as long as here':
                await slowness(launch, site, made, '05_scaled_dot_product'),
            'chapter 7, times as long as here':
                await slowness(launch, site, made, '07_positional_encoding') });
        process.stderr.write(`bars  round ${i + 1} of ${rounds}\r`);
    }
    let missed = 0;
    for (const [name, most, unit] of BARS) {
        const list = found.map(each => each[name]).sort((a, b) => a - b);
        const middle = median(list), isMet = middle <= most;
        missed += !isMet;
        const shown = list.map(n => n.toFixed(most < 100 ? 2 : 0));
        console.log(`${isMet ? 'met    ' : 'not met'}  ${name.padEnd(33)}`
                    + ` ${middle.toFixed(most < 100 ? 2 : 0).padStart(6)} of`
                    + ` ${most} ${unit}  (${shown.join(' ')})`);
    }
    console.log(`${BARS.length - missed} met, ${missed} not`);
    return missed;
}
