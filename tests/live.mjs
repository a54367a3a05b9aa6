// live.mjs -- tries the pages that run, in a browser (Debian's chromium, or the
// one that CHROMIUM names), opened from files as a reader opens them.
//
//     make live-test [ARGS='05 --quick']
//
// For the chapters named (or all): every cell run again prints what the page says,
// and every figure is drawn again (not in chapters that train for longer than the
// page lets a cell run, 8 to 13, nor in the appendix, which measures the processor:
// of these only that they open); an edit, an error,
// an endless loop and a fault are told and mended; exercises are judged by the
// book's own checks; the translator translates. Nothing is asked of any other
// place, nothing complains, and axe finds nothing. --quick: no compiler. Prints
// TAP; the last line counts.

import fs from 'node:fs';
import path from 'node:path';
import { load } from '../chapters/book/live/tools/llvm.mjs';

const { chromium } = await load('playwright-core/index.mjs');
const site = path.resolve(process.env.LIVE_BUILD, 'live');
const axe = fs.readFileSync(path.join(process.env.LIVE_NPM,
                                      'node_modules/axe-core/axe.min.js'), 'utf8');
const args = process.argv.slice(2), quick = args.includes('--quick');
const wanted = args.filter(arg => /^\d+$/.test(arg));
const stems = fs.readdirSync(site).filter(name => /^\d\d_\w+\.html$/.test(name))
    .map(name => name.slice(0, -5))
    .filter(stem => !wanted.length || wanted.includes(stem.slice(0, 2)));

let passed = 0, failed = 0;
function verdict(holds, name, told = '') {
    console.log(`${holds ? 'ok' : 'not ok'} ${passed + failed + 1} - ${name}`);
    if (!holds && told)
        console.log(String(told).replace(/^/gm, '# '));
    holds ? passed++ : failed++;
}

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
});

// A page of a chapter, with what it complained of and what it asked for.
async function open(stem) {
    const context = await browser.newContext({ viewport: { width: 1200,
                                                           height: 900 } });
    const page = await context.newPage(), complaints = [];
    page.on('pageerror', error => complaints.push('error: ' + error.message));
    page.on('console', message => {
        if (message.type() === 'error')
            complaints.push('console: ' + message.text());
    });
    page.on('request', request => {
        if (!/^(file|blob|data):/.test(request.url()))
            complaints.push('request: ' + request.url());
    });
    await page.goto(`file://${site}/${stem}.html`);
    await page.waitForFunction(() => window.LIVE || window.TRANSLATOR);
    return { page, complaints, context };
}

// Runs all cells as they were printed.
async function rerun(stem) {
    const { page, complaints, context } = await open(stem);
    const end = await page.evaluate(async () => {
        const [block] = LIVE.blocks;
        const all = await LIVE.chapter();
        const figures = [...document.querySelectorAll('svg.plot')];
        const cells = [];
        for (const each of all.blocks)
            if (each.cells.length) {
                const run = await LIVE.run(each);
                cells.push(...run.ended === 'done' ? run.cells : []);
            }
        return {
            cells: cells.length, listed: all.cells.length,
            changed: [...document.querySelectorAll('.live-changed')]
                .map(pre => pre.textContent.slice(0, 200)),
            same: figures.filter(f => document.contains(f)
                                      && all.script).length,
            notes: [...document.querySelectorAll('.live-note')]
                .map(note => note.textContent).filter(Boolean),
        };
    });
    verdict(end.cells === end.listed && !end.notes.length,
            `${stem}: every cell runs in the page`, JSON.stringify(end));
    verdict(!end.changed.length, `${stem}: and prints what the page says`,
            end.changed.join('\n'));
    verdict(!end.same, `${stem}: every figure is drawn again`,
            `${end.same} are as they were`);
    const issues = await page.evaluate(async script => {
        (0, eval)(script);
        const { violations } = await axe.run(
            { include: [['.live-bar']] }, { preload: false });
        return violations.map(v => `${v.id}: ${v.nodes[0].html}`);
    }, axe);
    verdict(!issues.length, `${stem}: axe finds nothing in what runs`,
            issues.join('\n'));
    verdict(!complaints.length, `${stem}: nothing complains or leaves the page`,
            complaints.join('\n'));
    await context.close();
}

// What a reader does with an editor, on chapter 2's first cell.
async function edits() {
    const { page, complaints, context } = await open('02_softmax');
    const tryText = (change, stop = false) => page.evaluate(
        async ([change, stop]) => {
            const block = LIVE.blocks.find(b => b.original.includes('static void')
                                           && b.cells?.length)
                       || (await LIVE.chapter()).blocks.find(b => b.cells.length);
            await block.edit();
            block.editor.set(change ? block.original.replace('{\n',
                                                             '{\n' + change)
                                    : block.original);
            const running = LIVE.run(block);
            if (stop) {
                while (block.stopButton.hidden)
                    await new Promise(done => setTimeout(done, 50));
                await new Promise(done => setTimeout(done, 300));
                block.stopButton.click();
            }
            await running;
            const output = [...document.querySelectorAll('div.output')].find(
                each => block.div.compareDocumentPosition(each)
                        & Node.DOCUMENT_POSITION_FOLLOWING);
            return { note: block.notes?.textContent || '',
                     status: block.status.textContent,
                     output: output?.textContent || '' };
        }, [change, stop]);
    await page.evaluate(() => LIVE.chapter());
    let end = await tryText('    puts("by the reader");\n');
    verdict(/by the reader/.test(end.output), 'an edit is compiled and shown',
            JSON.stringify(end));
    end = await tryText('    int x = "a"\n');
    verdict(/line \d+: error/.test(end.note), 'an error names the block\'s line',
            JSON.stringify(end));
    end = await tryText('    for (volatile int k = 0;; k++) ;\n', true);
    verdict(/stopped/.test(end.status), 'a loop without end is stopped',
            JSON.stringify(end));
    end = await tryText('    t_matmul(t_zeros(2, 3), t_zeros(2, 3));\n');
    verdict(/line \d+: t_matmul: inner sizes differ/.test(end.note),
            'a mistake in a call is told with the block\'s line',
            JSON.stringify(end));
    end = await tryText('    int *volatile nowhere = (int *)-8; *nowhere = 1;\n');
    verdict(/out of bounds/.test(end.note), 'a fault is told', JSON.stringify(end));
    end = await tryText('');
    verdict(!end.note && !/by the reader/.test(end.output),
            'and all is well again', JSON.stringify(end));
    await page.evaluate(async () => {
        const block = (await LIVE.chapter()).blocks.find(b => b.cells.length);
        block.editor.set(block.original + '\n/* kept */');
    });
    await page.reload();
    await page.waitForFunction(() => LIVE.blocks.some(b => b.editor));
    verdict(await page.evaluate(() => LIVE.blocks.some(
        b => b.text().includes('/* kept */'))), 'what was written is kept');
    verdict(!complaints.length, 'and nothing complained', complaints.join('\n'));
    await context.close();
}

// Exercise 1 of chapter 2: untouched, right, wrong, broken, endless, crashing.
async function exercises() {
    const { page, complaints, context } = await open('02_softmax');
    const check = body => page.evaluate(async body => {
        const block = LIVE.exercises.find(b => b.exercise === '1');
        LIVE.limits.seconds = 3;
        await block.edit();
        block.editor.set(body ? block.original.replace(/\{[^]*\}/,
                                                       `{\n    ${body}\n}`)
                              : block.original);
        return { ...await LIVE.check(block), note: block.notes?.textContent };
    }, body);
    const cases = [
        ['as it is found, it is not begun', '', 'not begun', /To do/],
        ['the right answer passes', 'return exp(more);', 'passed', /./],
        ['a wrong one is told why', 'return pow(2, more);', 'failed', /base/],
        ['one that does not compile, too', 'return exp(more', 'does not compile',
         /line \d+: error/],
        ['a loop without end is told', 'for (;;) ; return more;', 'failed',
         /3 seconds/],
        ['an index outside an array is told',
         'double a[2] = { 1 }; int i = 2 + (int)more; return a[i];', 'failed',
         /outside an array/],
        ['a function without end is told',
         'return times_the_weight(more) + 1;', 'failed', /./],
    ];
    for (const [name, body, want, words] of cases) {
        const end = await check(body);
        verdict(end.verdict === want && words.test(end.note), 'exercises: ' + name,
                JSON.stringify(end));
    }
    await check('return exp(more);');
    const line = await page.evaluate(
        () => document.querySelector('.live-progress').textContent);
    verdict(/1 of \d+ done/.test(line), 'exercises: what is done is counted', line);
    verdict(!complaints.length, 'exercises: nothing complained',
            complaints.join('\n'));
    await context.close();
}

// The translator on the front page: a sentence as it is typed.
async function translator() {
    const { page, complaints, context } = await open('index');
    await page.fill('.live-translator input', 'They are watching.');
    await page.waitForFunction(() => TRANSLATOR.map.querySelector('svg'));
    const end = await page.evaluate(() => ({
        french: TRANSLATOR.french.textContent, note: TRANSLATOR.note.textContent }));
    verdict(/regardent/.test(end.french), 'the translator translates',
            JSON.stringify(end));
    await page.fill('.live-translator input', 'They are zzz.');
    await page.waitForFunction(() => /zzz/.test(TRANSLATOR.note.textContent));
    verdict(true, 'and names a word that it has not learned');
    verdict(!complaints.length, 'and nothing complained', complaints.join('\n'));
    await context.close();
}

async function opens(stem) {
    const { complaints, context } = await open(stem);
    verdict(!complaints.length, `${stem}: opens, and nothing complains`,
            complaints.join('\n'));
    await context.close();
}

const trains = stem => stem > '08';
for (const stem of stems)
    await (trains(stem) ? opens : rerun)(stem);
if (!wanted.length)
    await translator();
if (!quick && stems.includes('02_softmax')) {
    await edits();
    await exercises();
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
