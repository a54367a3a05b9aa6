// chapter.js -- the program behind the page: which lines each block shows, the
// source with the reader's text in it, and which cells an edit may touch.

import { unpackText } from './packs.js';
import { cellIn } from '../tools/arguments.js';

const stem = (location.pathname.match(/(\d\d_\w+)\.html/) || [])[1];
let loaded;

export const stemOfPage = stem;

// The chapter, with its blocks found in the source, in order.
export function chapter(blocks) {
    return loaded ??= unpackText(stem).then(text => {
        const c = JSON.parse(text);
        c.lines = c.source.split('\n');
        c.cells = c.lines.map(cellIn).filter(Boolean);
        c.blocks = locate(c, blocks);
        return c;
    });
}

function locate(c, blocks) {
    let at = 0;
    const found = blocks.filter(block => {
        const wanted = block.original.split('\n');
        let from = at;
        while (from + wanted.length <= c.lines.length
               && !wanted.every((line, i) => c.lines[from + i] === line))
            from++;
        if (from + wanted.length > c.lines.length)
            return false;
        Object.assign(block, { from, length: wanted.length });
        at = from + wanted.length;
        block.cells = [];
        return true;
    });
    for (const block of found)
        (block.whole.cells ??= []).push(...c.cells.filter(name =>
            new RegExp(`^static void ${name}\\(void\\)`, 'm')
                .test(block.original)));
    return found;
}

// The source as the reader has it; and of each of its lines the block it stands
// in, with the line in that block, from 1.
export function compose(c) {
    const lines = [], origin = [];
    let at = 0;
    const copyTo = end => {
        for (; at < end; at++) {
            lines.push(c.lines[at]);
            origin.push(null);
        }
    };
    for (const block of c.blocks) {
        copyTo(block.from);
        block.text().split('\n').forEach((line, i) => {
            lines.push(line);
            origin.push({ block, line: i + 1 });
        });
        at = block.from + block.length;
    }
    copyTo(c.lines.length);
    return { text: lines.join('\n'), origin };
}

// ---- what depends on what ----------------------------------------------------

const withoutComments = text => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, ' ');

function namesUsed(text) {
    const code = withoutComments(text).replace(/"(\\.|[^"\\])*"/g, ' ');
    return new Set(code.match(/[A-Za-z_]\w*/g) || []);
}

const DEFINITIONS = [
    // a function or a variable that begins in the first column
    /^(?:[A-Za-z_][\w \t*]*?[ \t*])(\w+)[ \t]*(?:\([^;{]*\)[ \t]*(?:\{|$)|\[|=|;)/gm,
    /^#[ \t]*define[ \t]+(\w+)/gm,
    /^\}[ \t]*(\w+);/gm,                        // typedef struct { ... } NAME;
];

const ENUM = /^(?:typedef )?enum\b[^{;]*\{([^}]*)\}/gm;

export function namesDefined(text) {
    const code = withoutComments(text), names = new Set;
    for (const pattern of DEFINITIONS)
        for (const match of code.matchAll(pattern))
            names.add(match[1]);
    for (const [, list] of code.matchAll(ENUM))
        for (const name of list.match(/\b[A-Z]\w*\b(?=\s*(=|,|$))/g) || [])
            names.add(name);
    return names;
}

// The text cut after each definition that begins in the first column.
function definitions(text) {
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(
        /^\}.*$|^[^ \t}].*;[ \t]*(\/\*.*\*\/[ \t]*)?$/gm)) {
        const end = match.index + match[0].length;
        parts.push(text.slice(from, end));
        from = end;
    }
    parts.push(text.slice(from));
    return parts.filter(part => part.trim());
}

// The cells that may print something else than at the last run: those of changed
// definitions, and of all that use, at some remove, what these define.
export function affectedCells(c) {
    const all = c.blocks.flatMap(block => definitions(block.text()).map(text => ({
        text, defines: namesDefined(text), uses: namesUsed(text),
    })));
    const before = new Set(c.blocks.flatMap(block =>
        definitions(block.lastRun ?? block.original)));
    const changed = all.filter(part => !before.has(part.text));
    const reached = new Set(changed), names = new Set;
    while (changed.length)
        for (const name of changed.pop().defines) {
            if (names.has(name) || name === 'main')
                continue;
            names.add(name);
            for (const part of all)
                if (!reached.has(part) && part.uses.has(name)
                    && !part.defines.has('main')) {
                    reached.add(part);
                    changed.push(part);
                }
        }
    return c.cells.filter(name => names.has(name));
}
