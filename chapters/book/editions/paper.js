// Arranges the pages of the site, which stand one after the other, as a book of
// paper: contents before, answers after the text, and nothing folded. Where
// class `leaf` is, print.mjs writes the page that the link leads to.
const all = (selector, within = document) =>
    [...within.querySelectorAll(selector)];

function make(name, attributes = {}, ...content) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes))
        element.setAttribute(key, value);
    element.append(...content);
    return element;
}

const leaf = id => make("a", {class: "leaf", href: "#" + id}, "000");

// What a heading says; formulas are kept, links to itself are not.
function heading(element) {
    return [...element.cloneNode(true).childNodes]
        .filter(node => !node.matches?.(".headerlink"));
}

// ---- answers go to the end --------------------------------------------------

function unfold(details) {
    const div = make("div", {class: details.className});
    for (const node of [...details.childNodes])
        div.append(node.nodeName === "SUMMARY"
            ? make("p", {class: "summary"}, ...node.childNodes) : node);
    details.replaceWith(div);
    return div;
}

// The answers that are folded in a place, under a heading; in the place stands
// `what` they are, and the page where they went.
function moved(place, named, id, what) {
    const folds = all("details.folded:not(.code)", place);
    if (folds.length === 0)
        return [];
    const see = make("p", {class: "see"}, what + ": page ", leaf(id));
    folds.at(-1).after(see);
    const parts = folds.map(unfold);
    return [make("h3", {id}, ...named), ...parts];
}

function answers(chapter) {
    const found = [];
    for (const quiz of all("div.quiz", chapter)) {
        const section = quiz.closest("section");
        const id = section.id + ".answers";
        // Several questions in a section: one heading, numbered answers.
        const folds = all("details.folded", quiz);
        folds.forEach((fold, i) => {
            fold.querySelector("summary").textContent =
                folds.length > 1 ? "Answer " + (i + 1) : "Answer";
        });
        const again = found.some(node => node.id === id);
        const part = moved(quiz, heading(section.querySelector("h1, h2, h3")),
                           id, folds.length > 1 ? "Answers" : "Answer");
        found.push(...(again ? part.slice(1) : part));
    }
    for (const section of all("section", chapter))
        if (/\.exercise-\d/.test(section.id))
            found.push(...moved(section,
                heading(section.querySelector("h2, h3, h4")),
                section.id + ".answers", "Hints and solution"));
    return found;
}

const back = make("section", {class: "page answers", id: "answers"},
    make("section", {}, make("h1", {}, "Answers, hints and solutions")));
for (const chapter of all("section.page")) {
    const found = answers(chapter);
    if (found.length)
        back.firstChild.append(
            make("h2", {id: chapter.id + ".answers"},
                 ...heading(chapter.querySelector("h1"))), ...found);
}
all("details").forEach(unfold);
// A function that was folded had a line before and after it.
for (const fold of all("div.folded.code"))
    if (/^[^\s}]/.test(fold.querySelector("pre").textContent))
        fold.classList.add("apart");
document.body.append(back);
for (const p of all("section p"))
    if (/^One, two and three stars.*open with a click\.$/.test(p.textContent))
        p.textContent = p.textContent.replace(/Hints and solutions are.*/,
            "Hints and solutions are at the end of the book.");

// ---- contents ---------------------------------------------------------------

const contents = make("section", {class: "contents"},
                      make("h1", {}, "Contents"));
for (const page of all("section.page:not(.cover)")) {
    contents.append(make("p", {class: "chapter"},
        make("a", {href: "#" + page.id}, ...heading(page.querySelector("h1"))),
        leaf(page.id)));
    if (/^(errata|answers)$/.test(page.id))
        continue;
    for (const h2 of all("h2", page)) {
        const id = h2.id || h2.parentElement.id;
        contents.append(make("p", {}, make("a", {href: "#" + id},
                                           ...heading(h2)), leaf(id)));
    }
}
document.querySelector(".cover").after(
    make("section", {class: "page", id: "contents"}, contents));

// ---- what must not be torn --------------------------------------------------

for (const pre of all("pre"))
    if (pre.textContent.split("\n").length < 11)
        pre.closest("div[class*=highlight-]").classList.add("short");
for (const {viewBox, classList} of all("svg.plot"))
    if (viewBox.baseVal.height > 1.2 * viewBox.baseVal.width)
        classList.add("tall");
for (const table of all("table"))
    if (table.rows.length < 16)
        table.classList.add("short");
for (const box of all(".admonition"))
    if (box.textContent.length < 900)
        box.classList.add("short");
// A heading and one line are alone at the foot of a page as the heading is.
for (const head of all("h2, h3")) {
    const line = head.nextElementSibling;
    if (line?.matches("p") && line.textContent.length < 90)
        line.classList.add("line");
}

// Each word of a listing that has an element is an object in the file, and four
// in five objects were that. So names, blanks and signs have none: ink is theirs.
for (const pre of all("pre")) {
    for (const word of all("span.w, span.n, span.p, span.o", pre))
        word.replaceWith(word.textContent);
    pre.normalize();
}

// A listing wider than the page gets smaller letters.
document.fonts.ready.then(() => {
    for (const pre of all("pre")) {
        const share = pre.clientWidth / pre.scrollWidth;
        if (share < 1)
            pre.style.fontSize = `calc(${share * 0.99} * var(--code))`;
    }
    for (const box of all(".table-wrapper")) {
        const table = box.querySelector("table");
        const share = box.clientWidth / table.offsetWidth;
        if (share < 1)
            table.style.fontSize = share * 0.98 + "em";
    }
});
