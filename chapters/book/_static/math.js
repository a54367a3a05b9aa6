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

// A formula too wide for the page gets smaller, as far as it stays legible, and
// its number goes below it.
function fit() {
    for (const tex of document.querySelectorAll("div.math > .tex")) {
        tex.style.fontSize = "";
        tex.parentElement.classList.remove("wide");
        if (tex.scrollWidth <= tex.clientWidth)
            continue;
        tex.parentElement.classList.add("wide");
        const share = tex.clientWidth / tex.scrollWidth;
        if (share < 1)
            tex.style.fontSize = Math.max(0.7, 0.99 * share) + "em";
    }
}
document.fonts.ready.then(fit);
addEventListener("resize", fit);
addEventListener("toggle", fit, true);      // a fold was opened
