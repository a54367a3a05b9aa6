// figures.js -- puts a figure that was drawn anew in the place of the old one,
// as conf.py puts figures into the page when the book is made.

import rules from '../../svg.json';

export function redraw(name, text) {
    const old = document.querySelector(`svg.plot[data-figure="${name}"]`);
    if (!old)
        return;
    const prefix = (old.querySelector('[id]')?.id || 'f-').split('-')[0] + '-';
    let svg = text.slice(text.indexOf('<svg'));
    for (const [pattern, flags, replacement] of rules)
        svg = svg.replace(new RegExp(pattern, flags),
                          replacement.replace('PREFIX', prefix));
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    if (parsed.querySelector('parsererror'))
        return;
    const box = parsed.documentElement.getAttribute('viewBox');
    const fresh = old.cloneNode(false);
    fresh.setAttribute('viewBox', box);
    fresh.append(...parsed.documentElement.childNodes);
    old.replaceWith(fresh);
}
