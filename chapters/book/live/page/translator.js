// translator.js -- the translator of chapters 8 to 10 in the page: a sentence is
// typed, and at each pause stands there what a trained model makes of it, and
// where its heads look. It is build/programs/translate, compiled for the page,
// with models that were trained when the site was made.

import { element } from './blocks.js';
import { button, chooser, field, status, toolBox } from './fields.js';
import { isLoaded, program } from './program.js';

const PAUSE = 200;      // milliseconds without a key
const EXAMPLE = 'The red car is fast.';
const LANGUAGES = { french: ['French', 'fr'], chinese: ['Chinese', 'zh'] };
const kinds = language => [
    ['cross', `${language} looks at English`],
    ['encoder', 'English looks at English'],
    ['decoder', `${language} looks at earlier ${language}`],
];

const numbers = n => Array.from({ length: n }, (_, i) => [`${i + 1}`, `${i + 1}`]);

const translator = program('translate');

// One run of `translate attend`.
const attend = (language, options, sentence) => translator.run(
    ['attend', '--model', '/model', '--out', '/out', ...options, '--', sentence],
    { packs: { model: language } });

// The maps among the files: "cross_2_1.svg" as maps['cross_2_1'].
function mapsOf(files) {
    const maps = {};
    for (const [path, bytes] of Object.entries(files)) {
        const match = path.match(/(\w+_\d+_\d+)\.svg$/);
        if (match)
            maps[match[1]] = new TextDecoder().decode(bytes);
    }
    return maps;
}

export function addTranslator(before) {
    const { box, bars } = toolBox('live-translator', 'Translator', 3);
    const english = field('English', { type: 'text', size: 36, spellcheck: false,
                                       placeholder: EXAMPLE });
    const go = button('Translate');
    const language = chooser('into', Object.entries(LANGUAGES).map(
        ([value, [text]]) => [value, text]));
    const kind = chooser('Show', kinds('French'));
    const layer = chooser('layer', numbers(2)), head = chooser('head', numbers(4));
    const off = field('off', { type: 'checkbox' });
    const on = button('All on', true);
    const beam = field('beam', { type: 'number', min: 1, max: 16, value: 1 });
    const penalty = field('length penalty', { type: 'number', min: 0, max: 10,
                                              step: 0.1, value: 0.6 });
    const answer = status('live-answer'), note = status('live-status');
    const map = element('div', 'live-map');
    layer.input.value = '2';
    map.tabIndex = 0;
    map.setAttribute('role', 'group');
    map.setAttribute('aria-label', 'map of attention');
    bars[0].append(english.box, language.box, go);
    bars[1].append(kind.box, layer.box, head.box, off.box, on);
    bars[2].append(beam.box, penalty.box);
    box.append(bars[0], answer, note, bars[1], map, bars[2]);
    before.after(box);

    let maps = {};
    const silent = new Set;     // heads that are off
    const chosen = () => [kind, layer, head].map(c => c.input.value).join('_');
    const show = () => {
        const name = chosen();
        map.innerHTML = maps[name] || '';
        off.input.checked = silent.has(name);
        on.hidden = !silent.size;
        on.title = 'off: ' + [...silent].join(', ');
        const svg = map.querySelector('svg');
        if (!svg)
            return;
        svg.setAttribute('viewBox', `0 0 ${svg.getAttribute('width')}`
                                    + ` ${svg.getAttribute('height')}`);
        svg.setAttribute('role', 'img');
        svg.setAttribute('aria-label',
            `${kind.input.selectedOptions[0].text}, layer ${layer.input.value},`
            + ` head ${head.input.value}`);
    };
    async function translate(sentence) {
        const now = language.input.value;
        if (!isLoaded(now))
            note.textContent = 'loading the model ...';
        const end = await attend(now, [
            '--beam', beam.input.value || '1',
            '--length-penalty', penalty.input.value || '0',
            ...silent.size ? ['--off', [...silent].join(',')] : [],
        ], sentence);
        answer.textContent = end.failed ? '' : end.said;
        answer.lang = LANGUAGES[now][1];
        note.textContent = [end.complaint, silent.size
            && `off: ${[...silent].join(', ')}`].filter(Boolean).join('; ');
        maps = end.failed ? {} : mapsOf(end.files);
        show();
    }
    let busy = false, again = false, waits = false, clock;
    async function renew() {
        waits = false;
        const sentence = english.input.value.trim();
        again = busy;
        if (busy || !sentence)
            return;
        busy = true;
        try {
            await translate(sentence);
        } catch (error) {
            note.textContent = error.message;
        }
        busy = false;
        if (again)
            renew();
    }
    const soon = () => {
        clearTimeout(clock);
        waits = true;
        clock = setTimeout(renew, PAUSE);
    };
    for (const { input } of [english, beam, penalty])
        input.addEventListener('input', soon);
    for (const { input } of [kind, layer, head])
        input.addEventListener('change', show);
    language.input.addEventListener('change', () => {
        kind.set(kinds(LANGUAGES[language.input.value][0]));
        silent.clear();
        renew();
    });
    off.input.addEventListener('change', () => {
        silent[off.input.checked ? 'add' : 'delete'](chosen());
        renew();
    });
    on.addEventListener('click', () => {
        silent.clear();
        show();
        off.input.focus();
        renew();
    });
    go.addEventListener('click', () => {
        english.input.value ||= EXAMPLE;
        renew();
    });
    english.input.addEventListener('keydown', event => {
        if (event.key === 'Enter')
            go.click();
    });
    return { translate, answer, note, map, isIdle: () => !busy && !waits };
}
