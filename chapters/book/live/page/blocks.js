// blocks.js -- the code blocks of a page: buttons under each, an editor in its
// place, a note for what the compiler or the program has to say, and what the
// reader wrote, kept until it is reset.

import { unpackText } from './packs.js';
import { namesDefined, stemOfPage } from './chapter.js';

export function element(tag, name, text = '') {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
}

// A short name for a text: what was written for another text is not put in its
// place.
function fingerprint(text) {
    let hash = 2166136261;
    for (const c of text)
        hash = Math.imul(hash ^ c.codePointAt(0), 16777619);
    return (hash >>> 0).toString(36);
}

const store = {
    key: text => `attention-in-c/${stemOfPage}/${fingerprint(text)}`,
    get(text) {
        try { return localStorage.getItem(this.key(text)); } catch { return null; }
    },
    set(text, mine) {
        try {
            if (mine === null || mine === text)
                localStorage.removeItem(this.key(text));
            else
                localStorage.setItem(this.key(text), mine);
        } catch { /* a page that may keep nothing keeps nothing */ }
    },
};

let loading;
const loadEditor = () => loading ??= unpackText('editor').then(text => {
    const script = document.createElement('script');
    script.textContent = text;
    document.head.append(script);
});

async function editorWith(box, text, onRun, onChange) {
    await loadEditor();
    return window.makeEditor(box, text, onRun, onChange);
}

class Block {
    constructor(div, exercise) {
        this.div = div;
        this.pre = div.querySelector('pre');
        this.original = this.pre.textContent.replace(/\n$/, '');
        this.exercise = exercise;       // its number, or null
        this.whole = this;      // the last piece of the function it shows a part of
        this.pieces = [this];
        this.kept = store.get(this.original);
    }

    text() {
        return this.editor ? this.editor.text() : this.kept ?? this.original;
    }

    isChanged() { return this.text() !== this.original; }

    // go: what the main button does; it stands under the whole of a function.
    addButtons(name, go) {
        const bar = element('div', 'live-bar');
        const button = (text, act, hidden = false) => {
            const made = element('button', '', text);
            made.type = 'button';
            made.hidden = hidden;
            made.addEventListener('click', act);
            bar.append(made);
            return made;
        };
        this.go = () => go(this.whole);
        button(name, this.go, this.whole !== this).title = 'Ctrl-Enter in an editor';
        this.editButton = button('Edit', () => this.edit());
        this.stopButton = button('Stop', () => this.stop?.('stopped'), true);
        this.resetButton = button('Reset', () => this.reset(), true);
        this.status = element('span', 'live-status');
        this.status.setAttribute('role', 'status');
        bar.append(this.status);
        this.div.after(bar);
        this.bar = bar;
        this.pre.addEventListener('dblclick', () => this.edit());
        if (this.kept !== null)
            this.edit(false);
    }

    async edit(focus = true) {
        this.editing ??= (async () => {
            const box = element('div', 'live-editor highlight');
            this.resetButton.hidden = false;
            this.editButton.hidden = true;
            this.editor = await editorWith(box, this.text(), this.go,
                                           text => store.set(this.original, text));
            this.pre.parentElement.hidden = true;
            this.pre.parentElement.after(box);
            box.querySelector('[contenteditable]')?.setAttribute(
                'aria-label', 'Program text; Escape, then Tab leaves it');
        })();
        await this.editing;
        if (focus)
            this.editor.focus();
    }

    reset() {
        store.set(this.original, null);
        this.kept = null;
        this.editor?.set(this.original);
        this.note('');
        this.status.textContent = '';
    }

    // Says something under the block; '' takes it away.
    note(text) {
        if (!this.notes) {
            this.notes = element('pre', 'live-note');
            this.notes.setAttribute('role', 'status');
            this.bar.after(this.notes);
        }
        this.notes.textContent = text;
        this.notes.hidden = !text;
    }

    mark(lines) { this.editor?.mark(lines); }

    // How a message under a block speaks of a line of this one.
    lineFor(asking, line) {
        if (this === asking)
            return `line ${line}`;
        const at = this.pieces.indexOf(this), count = this.pieces.length;
        const above = [...this.pieces.slice(0, at).map(piece => piece.text()),
                       ...this.text().split('\n').slice(0, line)].join('\n');
        const inside = [...above.matchAll(/^[A-Za-z_][\w \t*]*[ \t*](\w+)\(/gm)].pop();
        const name = inside?.[1] || [...namesDefined(this.original)][0]
                  || `"${this.original.split('\n')[0]}"`;
        return name + (count > 1 ? `, part ${at + 1} of ${count}` : '')
             + (this.div.closest('details') ? ' (folded)' : '') + `, line ${line}`;
    }
}

// How many braces a piece of a program leaves open.
function leftOpen(text) {
    const code = text.replace(/\/\*[^]*?\*\/|\/\/.*|"(\\.|[^"\\])*"|'(\\.|[^'\\])+'/g, ' ');
    return code.split('{').length - code.split('}').length;
}

// All blocks of C on the page but those of solutions. A function may be shown in
// pieces, some of them folded: the last one is the whole of each.
export function findBlocks() {
    const blocks = [...document.querySelectorAll('article div.highlight-c')]
        .filter(div => div.querySelector('pre')
                       && !div.closest('details:not(.code)'))
        .map(div => {
            const section = div.closest('section[id^="exercise-"]');
            const name = section && [section, ...section.querySelectorAll('[id]')]
                .map(e => e.id.match(/^exercise-\d\d-(\d+)$/)).find(Boolean);
            return new Block(div, name ? name[1] : null);
        });
    let open = 0, pieces = [];
    for (const block of blocks.filter(each => !each.exercise)) {
        open += leftOpen(block.original);
        pieces.push(block);
        if (open > 0)
            continue;
        for (const piece of pieces)
            Object.assign(piece, { whole: block, pieces });
        open = 0;
        pieces = [];
    }
    return blocks;
}

// Where the output of a block's cell stands: the first after it, before another
// function begins; made if the cell printed nothing so far.
export function outputOf(block) {
    const all = [...document.querySelectorAll('article div.highlight-c,'
                                              + ' article div.output')];
    const next = all.slice(all.indexOf(block.div) + 1).find(div =>
        div.classList.contains('output') || /^static /m.test(div.textContent));
    if (next?.classList.contains('output'))
        return next.querySelector('pre');
    const made = element('div', 'output highlight-none notranslate');
    made.append(element('div', 'highlight'));
    made.firstChild.append(element('pre', ''));
    block.bar.after(made);
    return made.querySelector('pre');
}
