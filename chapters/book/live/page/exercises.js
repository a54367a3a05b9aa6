// exercises.js -- the reader's function, checked by the book's own checks, with
// their own words: tests/exercises/judge.c and a chapter's checks, compiled for
// the page.

import { spawn } from './packs.js';
import { chapter, stemOfPage } from './chapter.js';
import { compiler, inBlocks, waitingText } from './run.js';
import { element } from './blocks.js';

export const limits = { seconds: 10 };

// The file of exercises with the reader's text of one exercise in it; and of each
// of its lines the line in that block.
function fileWith(block, start) {
    const at = start.indexOf(block.original);
    const before = start.slice(0, at).split('\n').length - 1;
    const origin = [];
    block.text().split('\n').forEach((line, i) => {
        origin[before + i] = { block, line: i + 1 };
    });
    return { origin, text: start.slice(0, at) + block.text()
                         + start.slice(at + block.original.length) };
}

// One run of the judge in a worker. -> { ended, said, files }
async function judge(block, wasm, args, env, files) {
    const worker = await spawn('judge'), left = {};
    const end = await new Promise(ended => {
        const clock = setTimeout(() => ended({ ended: 'long' }),
                                 limits.seconds * 1000);
        const finish = how => {
            clearTimeout(clock);
            ended(how);
        };
        block.stop = () => finish({ ended: 'stopped' });
        worker.addEventListener('message', ({ data }) => {
            if (data.type === 'file')
                left[data.name] = data.bytes;
            if (data.type === 'end')
                finish(data);
        });
        worker.addEventListener('error', () => finish({ ended: 'large' }));
        worker.postMessage({ wasm, args, files, env: {
            NO_COLOR: '1', EXERCISE_SECONDS: String(limits.seconds), ...env } });
    });
    worker.terminate();
    return { ...end, files: left };
}

const here = (text, path, origin) =>
    text.replace(new RegExp(`line (\\d+) of ${path}`, 'g'), (all, line) =>
        origin[line - 1] ? 'line ' + origin[line - 1].line : all);

const path = `chapters/exercises/${stemOfPage}.c`;

// A check, and then what explains how it ended. -> { ended, said }
async function tried(block, wasm, args, text, start) {
    const trial = await judge(block, wasm, args, {}, {});
    if (trial.ended === 'stopped')
        return trial;
    return judge(block, wasm, [...args, '--source', path, '--start', 'start.c'],
                 { TRIAL_ENDED: trial.ended },
                 { ...trial.files, [path]: text, 'start.c': start });
}

const verdictOf = (said = '') =>
    (said.match(/^ *\d+ \**\s+(passed|failed|not begun|TODO left)/) || [])[1];

// A whole file of exercises, for tests: compiled once, then asked for the verdict
// on an exercise, or on one of the answers that its check knows by name.
export async function judging(text, blocks) {
    const { exercise } = await chapter(blocks);
    const program = await compiler.ask({ path, text, ...exercise.build });
    if (program.failed)
        throw new Error(program.said);
    return async (number, name) => {
        const { said } = await tried({}, program.wasm,
            ['--only', number, ...name ? ['--as', name] : []], text,
            exercise.start);
        return { verdict: verdictOf(said), said };
    };
}

export async function check(block, blocks) {
    const { exercise } = await chapter(blocks);
    const { text, origin } = fileWith(block, exercise.start);
    block.mark([]);
    block.note('');
    block.status.textContent = waitingText();
    const program = await compiler.ask({ path, text, ...exercise.build });
    const said = inBlocks(program.said, path, origin, block);
    if (program.failed) {
        block.note(said);
        block.status.textContent = 'does not compile';
        return { verdict: 'does not compile' };
    }
    block.status.textContent = 'checking ...';
    block.stopButton.hidden = false;
    const end = await tried(block, program.wasm, ['--only', block.exercise], text,
                            exercise.start);
    block.stopButton.hidden = true;
    if (end.ended === 'stopped') {
        block.status.textContent = 'stopped';
        return { verdict: 'stopped' };
    }
    const verdict = verdictOf(end.said);
    block.note(here(said + end.said, path, origin));
    block.status.textContent = verdict || '';
    remember(block, verdict);
    return { verdict, said: end.said };
}

// ---- what is done ------------------------------------------------------------

const key = `attention-in-c/${stemOfPage}/passed`;

function passed() {
    try { return new Set(JSON.parse(localStorage.getItem(key)) || []); }
    catch { return new Set; }
}

function remember(block, verdict) {
    const done = passed();
    if (verdict === 'passed')
        done.add(block.exercise);
    else
        done.delete(block.exercise);
    try { localStorage.setItem(key, JSON.stringify([...done])); } catch { /* no */ }
    showProgress();
}

let exercises = [];

export function watchProgress(list) {
    exercises = list;
    if (exercises.length)
        showProgress();
}

// A bar above the first exercise, a tick beside each that is done.
function showProgress() {
    const done = passed(), first = exercises[0].div.closest('section');
    let line = document.querySelector('.live-progress');
    if (!line) {
        line = element('p', 'live-progress');
        line.append(element('progress', ''), element('span', ''));
        line.firstChild.setAttribute('aria-label', 'exercises done');
        first.before(line);
    }
    const count = exercises.filter(e => done.has(e.exercise)).length;
    line.firstChild.max = exercises.length;
    line.firstChild.value = count;
    line.lastChild.textContent = ` ${count} of ${exercises.length} done here. The`
        + ' terminal finds more: reading past the end of an array, leaks.';
    for (const block of exercises)
        block.div.closest('section').classList.toggle('live-done',
                                                      done.has(block.exercise));
}
