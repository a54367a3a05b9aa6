// storyteller.js -- the teller of stories of chapter 17 in the page: a beginning is
// typed, and the model that comes with the book goes on with it, token by token.
// It is build/programs/story, compiled for the page.

import { element } from './blocks.js';
import { button, field, status, toolBox } from './fields.js';
import { program } from './program.js';

const EXAMPLE = 'One day, Anna';
// Where the program finds the book's model: build.mjs says the names.
const { dataset } = document.currentScript;
const packs = Object.fromEntries((dataset.storyteller || '').split(' ')
    .map(name => [`chapters/data/${name}`, name]));
const teller = program('story');

export function addStoryteller(before) {
    const { box, bars } = toolBox('live-storyteller', 'Teller of stories', 2);
    const beginning = field('Beginning', { type: 'text', size: 36, spellcheck: false,
                                           placeholder: EXAMPLE });
    const go = button('Go on'), another = button('Another'), stop = button('Stop', true);
    const number = (name, value, most, step, title) => field(name, {
        type: 'number', min: step === 1 ? 1 : 0, max: most, step, value, title });
    const temperature = number('temperature', 0.8, 10, 0.1,
                               '0: always what is most probable');
    const top = number('top-p', 0.9, 1, 0.05, '0: all tokens');
    const tokens = number('tokens, at most', 200, 2000, 1, '');
    const seed = number('seed', 1, 1000000000, 1, 'of the random numbers');
    const story = element('p', 'live-story'), note = status('live-status');
    story.lang = 'en';
    story.setAttribute('aria-live', 'polite');
    story.setAttribute('aria-atomic', 'true');
    bars[0].append(beginning.box, go, another, stop);
    bars[1].append(temperature.box, top.box, tokens.box, seed.box);
    box.append(bars[0], story, note, bars[1]);
    before.after(box);

    let busy = false;
    // While it is written a screen reader waits; then it reads the whole.
    const writes = now => {
        busy = now;
        story.setAttribute('aria-busy', String(now));
        const focused = document.activeElement;
        stop.hidden = !now;
        go.disabled = another.disabled = now;
        if (now && (focused === go || focused === another))
            stop.focus();
        if (!now && focused === stop)
            go.focus();
    };
    async function tell() {
        if (busy)
            return;
        beginning.input.value ||= EXAMPLE;
        const wrong = [temperature, top, tokens, seed].find(({ input }) =>
            input.value === '' || input.validity.rangeOverflow
            || input.validity.rangeUnderflow);
        if (wrong) {
            note.textContent = `${wrong.box.textContent.trim()}: expected a number`
                + ` from ${wrong.input.min} to ${wrong.input.max}`;
            return;
        }
        writes(true);
        story.textContent = '';
        note.textContent = 'loading the model ...';
        let end;
        try {
            end = await teller.run([
                'continue', '--temperature', temperature.input.value,
                '--top-p', top.input.value, '--tokens', tokens.input.value,
                '--seed', seed.input.value,
            ], { packs, stdin: beginning.input.value + '\n', hear(said) {
                note.textContent = 'writing ...';
                story.textContent = said.trimEnd();
            } });
        } catch (error) {
            end = { complaint: error.message };
        }
        note.textContent = end.stopped ? 'stopped' : end.complaint;
        writes(false);
    }
    go.addEventListener('click', tell);
    another.addEventListener('click', () => {
        seed.input.value = Number(seed.input.value) + 1;
        tell();
    });
    stop.addEventListener('click', () => teller.stop());
    for (const { input } of [beginning, temperature, top, tokens, seed])
        input.addEventListener('keydown', event => {
            if (event.key === 'Enter')
                tell();
        });
    box.addEventListener('keydown', event => {
        if (event.key === 'Escape' && busy)
            teller.stop();
    });
    return { tell, story, note, isIdle: () => !busy };
}
