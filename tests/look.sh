#!/bin/sh
# look.sh -- photographs pages of the book, as wide as a desk's screen and as a
# phone's, light and dark, long ones in parts, and says what no reader should
# meet: content wider than the page, TeX left raw, a formula that KaTeX refused,
# an error in a script, a request to the network; on a phone an output of up to
# 60 columns or a table of up to 3 that does not fit, a formula cut beside its
# number, letters in a figure too small to read, a button upon code; Chinese that
# pushes columns aside; a search without the words around what it found.
#
#     sh tests/look.sh [PAGE.html ...]
#
# Pages are files in build/book, all of them unless named; the pictures go to
# build/look. Needs chromium and node (Debian's packages chromium, nodejs).
# Exit status 1 if something was found.

set -u
build=${LOOM_BUILD:-build}

chromium=
for name in ${CHROMIUM:+"$CHROMIUM"} \
    chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        chromium=$name
        break
    fi
done
if [ -z "$chromium" ] || ! command -v node >/dev/null 2>&1; then
    echo "look: needs chromium and node (Debian: chromium, nodejs)" >&2
    exit 1
fi

[ $# -gt 0 ] || set -- "$build"/book/*.html
for page; do
    [ -f "$page" ] || [ -f "$build/book/$page" ] || {
        echo "look: no page $page in $build/book; first: make book" >&2
        exit 1
    }
done
mkdir -p "$build/look" || exit 1
rm -f "$build"/look/*.png

CHROMIUM=$chromium BUILD=$build exec node - "$@" <<'JS'
const {spawn} = require("child_process");
const fs = require("fs"), os = require("os"), path = require("path");

const build = process.env.BUILD;
const pages = process.argv.slice(2).map(page =>
    fs.existsSync(page) ? page : path.join(build, "book", page));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "look-"));
// The browser speaks over a pipe: messages in JSON, each ended by a zero byte.
const browser = spawn(process.env.CHROMIUM, ["--headless=new", "--no-sandbox",
    "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars",
    "--user-data-dir=" + profile, "about:blank"],
    {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
const waiting = new Map();
let id = 0, text = "", heard = () => {};

browser.stdio[4].setEncoding("utf8");
browser.stdio[4].on("data", data => {
    text += data;
    let end;
    while ((end = text.indexOf("\0")) >= 0) {
        const message = JSON.parse(text.slice(0, end));
        text = text.slice(end + 1);
        if (message.id) {
            const {done, fail} = waiting.get(message.id);
            waiting.delete(message.id);
            if (message.error)
                fail(new Error(message.error.message));
            else
                done(message.result);
        } else
            heard(message);
    }
});

let session;
function ask(method, params = {}) {
    browser.stdio[3].write(JSON.stringify(
        {id: ++id, method, params, sessionId: session}) + "\0");
    return new Promise((done, fail) => waiting.set(id, {done, fail}));
}

// Runs in the page: what stands out of it, what TeX is left.
function inspect() {
    const found = [], wide = document.documentElement.clientWidth;
    const scrolls = e => !e.matches("article") &&
        (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) ||
         scrolls(e.parentElement));
    const all = selector => document.querySelectorAll(selector);

    const width = document.documentElement.scrollWidth;
    if (width > wide)
        found.push(`the page is ${width} px wide on a screen of ${wide}`);
    for (const e of all("article *")) {
        const right = Math.round(e.getBoundingClientRect().right);
        if (right > wide + 1 && !e.closest("svg svg, .katex-mathml") &&
            !scrolls(e.parentElement))
            found.push(`stands out to ${right} px: ${e.tagName} ` +
                       e.textContent.trim().slice(0, 40));
    }
    for (const e of all(".katex-error"))
        found.push("KaTeX: " + e.title);
    for (const e of all(".tex"))
        if (!e.querySelector(".katex, .katex-error"))
            found.push("raw TeX: " + e.textContent.slice(0, 60));
    const raw = /\$[^$]+\$|\\[a-zA-Z]+\{|\{[a-z:]+\}`/;
    for (const e of all("article p, article li, article td"))
        for (const n of e.childNodes)
            if (n.nodeType === Node.TEXT_NODE && raw.test(n.data))
                found.push("raw markup: " + n.data.trim().slice(0, 60));
    // A folded part has no size until it is opened.
    const shown = e => e.getClientRects().length > 0;
    const name = e => e.textContent.trim().slice(0, 40);
    for (const e of [...all("article .output pre")].filter(shown))
        if (e.closest(".output").style.getPropertyValue("--columns") <= 60 &&
            e.scrollWidth > e.clientWidth + 1)
            found.push("output does not fit: " + name(e));
    for (const e of [...all("article .output [lang=zh]")].filter(shown)) {
        const ch = document.createElement("span");
        ch.textContent = "0".repeat([...e.textContent].length * 2);
        e.parentElement.append(ch);
        const want = ch.getBoundingClientRect().width;
        ch.remove();
        if (Math.abs(e.getBoundingClientRect().width - want) > 1)
            found.push("not two columns a character: " + name(e));
    }
    for (const e of [...all("article .table-wrapper")].filter(shown))
        if (e.scrollWidth > e.clientWidth + 1 &&
            e.querySelectorAll("tr:first-child > *").length <= 3)
            found.push("a table is cut: " + name(e));
    for (const e of [...all("article div.math > .tex")].filter(shown)) {
        const number = e.parentElement.querySelector(".eqno");
        if (number && e.scrollWidth > e.clientWidth + 1 &&
            number.getBoundingClientRect().top <
            e.getBoundingClientRect().bottom - 1)
            found.push("cut beside its number: " + name(e));
    }
    for (const e of [...all("article svg.plot text")].filter(shown)) {
        const {a, b} = e.getScreenCTM();    // turned or not
        const size = parseFloat(getComputedStyle(
            e.querySelector("tspan") || e).fontSize) * Math.hypot(a, b);
        if (e.textContent.trim() && size < 7)
            found.push(`${size.toFixed(1)} px in a figure: ` + name(e));
    }
    for (const e of [...all("article .copybtn")].filter(shown))
        if (wide < 500)
            found.push("a button upon code: " + name(e.parentElement));
    return [...new Set(found)].slice(0, 12);
}

async function look(file, width, theme) {
    const phone = width < 500, tall = phone ? 2400 : 2000;
    const name = `${path.basename(file, ".html")}-${width}-${theme}`;
    const found = [];
    let loaded;
    const load = new Promise(done => { loaded = done; });
    heard = ({method, params}) => {
        if (method === "Page.loadEventFired")
            loaded();
        if (method === "Runtime.exceptionThrown")
            found.push("script: " + params.exceptionDetails.text + " " +
                       params.exceptionDetails.exception?.description);
        if (method === "Network.requestWillBeSent" &&
            /^https?:/.test(params.request.url))
            found.push("asks the network: " + params.request.url);
        if (method === "Network.loadingFailed" && !params.canceled)
            found.push("does not find a file: " + params.type);
    };
    await ask("Emulation.setEmulatedMedia",
              {features: [{name: "prefers-color-scheme", value: theme}]});
    await ask("Emulation.setDeviceMetricsOverride",
              {width, height: tall, mobile: phone,
               deviceScaleFactor: phone ? 2 : 1});
    await ask("Page.navigate", {url: "file://" + path.resolve(file)});
    await load;
    const run = async expression =>
        (await ask("Runtime.evaluate", {expression, awaitPromise: true,
                                        returnByValue: true})).result.value;
    await run("document.fonts.ready.then(() => 1)");
    found.push(...await run(`(${inspect})()`));

    const height = await run("document.documentElement.scrollHeight");
    for (let y = 0, part = 1; y < height; y += tall, part++) {
        await run(`scrollTo({top: ${y}, behavior: "instant"})`);
        const {data} = await ask("Page.captureScreenshot");
        fs.writeFileSync(path.join(build, "look", `${name}-${part}.png`),
                         Buffer.from(data, "base64"));
    }
    console.log((found.length ? "LOOK  " : "ok    ") + name);
    for (const what of new Set(found))
        console.log("      " + what);
    return found.length > 0;
}

// Searches, from disk as a reader does: each result must show where it is.
async function search(term) {
    const page = path.resolve(build, "book", "search.html");
    await ask("Page.navigate",
              {url: `file://${page}?q=${encodeURIComponent(term)}`});
    const {result} = await ask("Runtime.evaluate", {
        expression: `new Promise(done => setTimeout(() => done(
            [...document.querySelectorAll("ul.search li")].map(e =>
                (e.querySelector(".context") || e).textContent
                .slice(e.querySelector("a").textContent.length *
                       !e.querySelector(".context")))), 2000))`,
        awaitPromise: true, returnByValue: true});
    const bare = result.value.filter(words => words.trim().length < 9).length;
    const bad = bare > 0 || result.value.length === 0;
    console.log(`${bad ? "LOOK " : "ok   "} search for ${term}: ` +
                `${result.value.length} found, ${bare} without its words`);
    return bad ? 1 : 0;
}

async function main() {
    const {targetInfos} = await ask("Target.getTargets");
    const {targetId} = targetInfos.find(t => t.type === "page");
    session = (await ask("Target.attachToTarget",
                         {targetId, flatten: true})).sessionId;
    for (const domain of ["Page", "Runtime", "Network"])
        await ask(domain + ".enable");
    let bad = 0;
    for (const page of pages)
        for (const width of [1280, 390])
            for (const theme of ["light", "dark"])
                bad += await look(page, width, theme);
    // Last, for what is found stays marked in the pages.
    for (const term of ["softmax", "自注意力", "auto-attention"])
        bad += await search(term);
    console.log("pictures in " + build + "/look" +
                (bad ? "; " + bad + " want a look" : ""));
    return bad ? 1 : 0;
}

function end(status) {
    browser.removeAllListeners("exit");
    browser.on("exit", () => {
        fs.rmSync(profile, {recursive: true, force: true, maxRetries: 5});
        process.exit(status);
    });
    browser.kill();
}

function stop(what) {
    console.error("look: " + what);
    process.exit(1);
}

browser.on("error", error => stop(error.message));
browser.on("exit", () => stop("the browser ended early"));
main().then(end, error => {
    console.error("look: " + error.message);
    end(1);
});
JS
