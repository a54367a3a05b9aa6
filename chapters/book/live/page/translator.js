// translator.js -- the translator of chapters 8 to 10 in the page: a sentence is
// typed, and at each pause stands there what a trained model makes of it, and
// where its heads look. It is build/programs/translate, compiled for the page,
// with a model that was trained when the site was made.

import { spawn, unpack } from './packs.js';
import { element } from './blocks.js';

const PAUSE = 200;      // milliseconds without a key
const KINDS = { cross: 'French looks at English',
                encoder: 'English looks at English',
                decoder: 'French looks at earlier French' };

function chooser(label, options) {
    const box = element('label', '', label + ' ');
    const select = document.createElement('select');
    for (const [value, text] of options)
        select.append(new Option(text, value));
    box.append(select);
    return { box, select };
}

let parts;
const load = () => parts ??= Promise.all([
    unpack('translate.wasm'), unpack('french.model'), spawn('run')]);

// One run of `translate attend`. -> { said, complaint, files }
async function attend(sentence) {
    const [wasm, model, worker] = await load(), decoder = new TextDecoder;
    const said = { 1: '', 2: '' };
    return new Promise(ended => {
        let ran;
        worker.onmessage = ({ data }) => {
            if (data.type === 'said')
                said[data.fd] += decoder.decode(data.bytes, { stream: true });
            if (data.type === 'ran')
                ran = data;
            if (data.type === 'end')
                ended({ said: said[1].trim(), complaint: said[2].trim(),
                        files: ran.files, failed: ran.code || ran.trap });
        };
        worker.postMessage({ wasm, files: { 'french.model': model }, runs: [
            ['attend', '--model', '/french.model', '--out', '/out', sentence]] });
    });
}

// "cross_2_1.svg" -> { kind: 'cross', layer: 2, head: 1 }
function mapsOf(files) {
    const maps = {};
    for (const [path, bytes] of Object.entries(files)) {
        const match = path.match(/(\w+)_(\d+)_(\d+)\.svg$/);
        if (match)
            maps[match.slice(1).join(' ')] = new TextDecoder().decode(bytes);
    }
    return maps;
}

export function addTranslator(before) {
    const box = element('section', 'live-translator');
    box.setAttribute('aria-label', 'Translator');
    const field = element('label', '', 'English ');
    const input = document.createElement('input');
    Object.assign(input, { type: 'text', size: 40, spellcheck: false,
                           placeholder: 'The red car is fast.' });
    field.append(input);
    const kind = chooser('Show', Object.entries(KINDS));
    const layer = chooser('layer', [[1, '1'], [2, '2']]);
    const head = chooser('head', [1, 2, 3, 4].map(n => [n, String(n)]));
    layer.select.value = 2;
    const french = element('p', 'live-french'), note = element('p', 'live-status');
    french.setAttribute('role', 'status');
    french.lang = 'fr';
    const map = element('div', 'live-map'), bar = element('div', 'live-bar');
    bar.append(field, kind.box, layer.box, head.box);
    box.append(bar, french, note, map);
    before.after(box);

    let maps = {}, waiting = null, busy = false;
    const show = () => {
        map.innerHTML = maps[[kind.select.value, layer.select.value,
                              head.select.value].join(' ')] || '';
        const svg = map.querySelector('svg');
        svg?.setAttribute('role', 'img');
        svg?.setAttribute('aria-label', `${KINDS[kind.select.value]},`
            + ` layer ${layer.select.value}, head ${head.select.value}`);
    };
    async function translate(sentence) {
        if (busy) {
            waiting = sentence;
            return;
        }
        busy = true;
        if (!parts)
            note.textContent = 'loading the model ...';
        const end = await attend(sentence);
        french.textContent = end.failed ? '' : end.said;
        note.textContent = end.complaint;
        maps = mapsOf(end.files);
        show();
        busy = false;
        if (waiting !== null) {
            const next = waiting;
            waiting = null;
            translate(next);
        }
    }
    let clock;
    input.addEventListener('input', () => {
        clearTimeout(clock);
        clock = setTimeout(() => {
            if (input.value.trim())
                translate(input.value.trim());
        }, PAUSE);
    });
    for (const { select } of [kind, layer, head])
        select.addEventListener('change', show);
    return { translate, input, french, note, map };
}
