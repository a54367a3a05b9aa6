// Renders every formula of the page in place. Works from file://.
for (const element of document.querySelectorAll(".tex")) {
    const tex = element.textContent;
    katex.render(tex, element, {
        displayMode: element.tagName === "DIV",
        throwOnError: false,
        strict: false,
    });

    // A comma after a formula must not begin the next line. (A long formula
    // has to be able to break, so there it may.)
    const after = element.nextSibling;
    const mark = tex.length < 30 && after?.nodeType === Node.TEXT_NODE &&
        after.data.match(/^[.,;:!?)\]”’]+/);
    if (mark) {
        const glued = document.createElement("span");
        glued.className = "glued";
        element.replaceWith(glued);
        after.data = after.data.slice(mark[0].length);
        glued.append(element, mark[0]);
    }
}
