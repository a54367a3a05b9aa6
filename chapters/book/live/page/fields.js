// fields.js -- fields with their labels, for the tools in the page.

import { element } from './blocks.js';

function labelled(name, input, settings = {}) {
    const box = element('label', '', name + ' ');
    Object.assign(input, settings);
    box.append(input);
    return { box, input };
}

export const field = (name, settings) =>
    labelled(name, document.createElement('input'), settings);

// A list to choose from: [value, text] each.
export function chooser(name, options) {
    const made = labelled(name, document.createElement('select'));
    made.set = list => {
        const { value } = made.input;
        made.input.replaceChildren(
            ...list.map(([value, text]) => new Option(text, value)));
        if (list.some(([each]) => each === value))
            made.input.value = value;
    };
    made.set(options);
    return made;
}

// A framed part of the page under its title, with so many lines of fields.
export function toolBox(name, label, lines) {
    const box = element('section', `live-tool ${name}`);
    box.setAttribute('aria-label', label);
    const bars = Array.from({ length: lines }, () => element('div', 'live-bar'));
    return { box, bars };
}

export function button(text, hidden = false) {
    const made = element('button', '', text);
    made.type = 'button';
    made.hidden = hidden;
    return made;
}

// A line that is read out when it changes.
export function status(name) {
    const made = element('p', name);
    made.setAttribute('role', 'status');
    return made;
}
