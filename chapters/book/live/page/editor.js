// editor.js -- the editor that takes a block's place: CodeMirror. A pack of its
// own, loaded with the first edit.

import { EditorView, Decoration, drawSelection, keymap } from '@codemirror/view';
import { EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import { defaultKeymap, history, historyKeymap, indentWithTab }
    from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting }
    from '@codemirror/language';
import { tagHighlighter, tags } from '@lezer/highlight';
import { cpp } from '@codemirror/lang-cpp';

// The names that Pygments gives, so that the page's colours, light or dark, are
// those of the editor.
const highlighter = tagHighlighter([
    { tag: tags.comment, class: 'c1' },
    { tag: [tags.keyword, tags.controlKeyword, tags.modifier], class: 'k' },
    { tag: [tags.typeName, tags.standard(tags.typeName)], class: 'kt' },
    { tag: [tags.string, tags.special(tags.string)], class: 's' },
    { tag: tags.character, class: 'sc' },
    { tag: tags.number, class: 'mi' },
    { tag: [tags.processingInstruction, tags.meta], class: 'cp' },
    { tag: tags.function(tags.definition(tags.variableName)), class: 'nf' },
    { tag: tags.operator, class: 'o' },
]);

const setMarks = StateEffect.define();
const marks = StateField.define({
    create: () => Decoration.none,
    update(decorations, change) {
        decorations = decorations.map(change.changes);
        for (const effect of change.effects)
            if (effect.is(setMarks))
                decorations = Decoration.set(effect.value.map(line =>
                    Decoration.line({ class: 'live-bad' }).range(
                        change.state.doc.line(line).from)));
        return decorations;
    },
    provide: field => EditorView.decorations.from(field),
});

window.makeEditor = (parent, text, onRun, onChange) => {
    const view = new EditorView({ parent, state: EditorState.create({
        doc: text,
        extensions: [
            Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => {
                onRun();
                return true;
            } }])),
            history(), drawSelection(), indentOnInput(), bracketMatching(),
            indentUnit.of('    '), cpp(),
            syntaxHighlighting(highlighter), marks,
            keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
            EditorView.updateListener.of(update => {
                if (update.docChanged)
                    onChange(update.state.doc.toString());
            }),
        ],
    }) });
    return {
        text: () => view.state.doc.toString(),
        focus: () => view.focus(),
        set: words => view.dispatch({ changes: {
            from: 0, to: view.state.doc.length, insert: words } }),
        mark(lines) {
            const last = view.state.doc.lines;
            const sorted = [...new Set(lines.map(n => Math.min(n, last)))];
            sorted.sort((a, b) => a - b);
            view.dispatch({ effects: setMarks.of(sorted) });
        },
    };
};
