// main.js -- makes a chapter's page run: buttons under its code, a line of fields
// under its title. Nothing is loaded before something is asked for.

import { chapter, compose, stemOfPage } from './chapter.js';
import { element, findBlocks, outputOf } from './blocks.js';
import { compiler, run } from './run.js';
import { addSliders } from './sliders.js';
import { check, judging, limits, watchProgress } from './exercises.js';
import { button, field } from './fields.js';
import { addStoryteller } from './storyteller.js';
import { addTranslator } from './translator.js';

// --seed and --text of all runs, a button that runs all, and one that hands over
// the chapter as the reader has it.
function addFields(blocks, moved) {
    const bar = element('div', 'live-bar live-fields');
    const seed = field('seed', { type: 'number', value: '1' });
    const sentence = field('sentence', { type: 'text',
                                         placeholder: 'the chapter\'s own' });
    const all = button('Run all'), save = button('Download .c');
    const status = element('span', 'live-status');
    status.setAttribute('role', 'status');
    const licences = element('a', '', 'Licences');
    licences.href = '_static/live/LICENCES.txt';
    bar.append(seed.box, sentence.box, all, save, licences, status);
    document.querySelector('article h1').after(bar);
    const options = () => [
        ...seed.input.value ? ['--seed', seed.input.value] : [],
        ...sentence.input.value ? ['--text', sentence.input.value] : [],
        ...moved(),
    ];
    const whole = { div: bar, bar, status, cells: [], mark() {},
                    stopButton: button('Stop', true),
                    note(text) { status.textContent = text; } };
    whole.stopButton.addEventListener('click', () => whole.stop('stopped'));
    bar.insertBefore(whole.stopButton, status);
    all.addEventListener('click', async () => {
        const c = await chapter(blocks);
        whole.cells = c.cells;
        run(whole, blocks, options());
    });
    save.addEventListener('click', async () => {
        const { text } = compose(await chapter(blocks));
        const link = element('a', '');
        link.href = URL.createObjectURL(new Blob([text], { type: 'text/x-c' }));
        link.download = stemOfPage + '.c';
        link.click();
    });
    return options;
}

function start() {
    const all = findBlocks();
    const blocks = all.filter(block => !block.exercise);
    const exercises = all.filter(block => block.exercise);
    const options = addFields(blocks, () => moved());
    const runBlock = block => run(block, blocks, options());
    const checkBlock = block => check(block, blocks);
    blocks.forEach(block => block.addButtons('Run', runBlock));
    exercises.forEach(block => block.addButtons('Check', checkBlock));
    const moved = addSliders(blocks, runBlock);
    for (const block of all)
        block.editButton.addEventListener('click', () => compiler.start());
    watchProgress(exercises);
    window.LIVE = { blocks, exercises, run: runBlock, check: checkBlock, limits,
                    outputOf, judging: text => judging(text, blocks),
                    chapter: () => chapter(blocks) };
}

if (stemOfPage)
    start();
// Where the pages say that there is one: build.mjs.
const title = document.querySelector('article h1');
if (document.querySelector('[data-translator]'))
    window.TRANSLATOR = addTranslator(title);
if (document.querySelector('[data-storyteller]'))
    window.STORYTELLER = addStoryteller(title);
const elsewhere = document.querySelector('[data-storyteller-in]');
if (elsewhere) {
    const link = element('a', '', 'goes on with what you begin'), p = element('p', '');
    link.href = elsewhere.dataset.storytellerIn + '.html';
    p.append('A model that has learned from these stories ', link,
             ', in the page of a later chapter.');
    title.after(p);
}
