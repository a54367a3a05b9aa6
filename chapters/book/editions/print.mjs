// Prints the book: all pages of the site in one file, which Chromium makes a
// PDF of, once for A4 and once for a screen. From the project's root:
//
//     BUILD=build node chapters/book/editions/print.mjs
//
// It prints twice: only then does it know the numbers of pages.
import {spawn, execFileSync} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {fileURLToPath} from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const build = process.env.BUILD || "build";
const site = path.join(build, "book"), out = path.join(build, "editions");
const read = file => fs.readFileSync(file, "utf8");

const SIZES = [
    {name: "attention-in-c.pdf", size: "210mm 297mm", margin: "23mm 24mm 22mm",
     measure: "162mm", height: "252mm", plot: "215mm",
     letters: "10.8pt", code: "8.5pt"},
    {name: "attention-in-c-screen.pdf", size: "150mm 200mm",
     margin: "14mm 10mm 13mm", measure: "130mm", height: "173mm",
     plot: "92mm", letters: "10pt", code: "6.9pt"},
];

// ---- one file of all pages --------------------------------------------------

function order() {
    const index = read(path.join(site, "index.html"));
    const names = [...index.matchAll(
        /class="toctree-l1[^"]*"><a class="[\w ]*" href="([^"#]+)\.html"/g)];
    return ["index", ...names.map(match => match[1])];
}

// An id gets the name of its page before it, so that it is the only one. What the
// front page says of editions that were made before is for the site.
function page(name) {
    const text = read(path.join(site, name + ".html"));
    const begin = text.indexOf('<article role="main"');
    const article = text.slice(text.indexOf(">", begin) + 1,
                               text.lastIndexOf("</article>"));
    const body = article.replace(/<p class="editions".*?<\/p>/s, "")
        .replace(/<[^>]+>/g, tag => tag
        .replace(/(\sid=["'])/, `$1${name}.`)
        .replace(/(href=["'])#/, `$1#${name}.`)
        .replace(/(url\(#)/g, `$1${name}.`)
        .replace(/href="(\w+)\.html#/, 'href="#$1.')
        .replace(/href="(\w+)\.html"/, 'href="#$1"'));
    return `<section class="page" id="${name}" style="page: p-${name}">` +
        `${body}</section>\n`;
}

// What stands at the head of each page: the chapter's title, in plain letters.
function title(name) {
    const text = read(path.join(site, name + ".html"));
    return text.match(/<h1>(.*?)<\/h1>/s)[1]
        .replace(/<a class="headerlink".*/s, "").replace(/<[^>]*>/g, "")
        .replace(/\\top/g, "ᵀ").replace(/[\\^{}]/g, "").replace(/&amp;/g, "&")
        .replace(/"/g, "”");
}

function assemble(sheet) {
    // Rules for narrow screens would hold for narrow paper, too.
    const look = read(path.join(site, "_static/book.css")).replace(
        /@media \(max-width[^{]*\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
    const names = order();
    const small = "font: 8pt 'Liberation Sans', Arial, sans-serif; color: #555";
    const heads = names.slice(1).map(name => `@page p-${name} { @top-right {
        content: "${title(name)}"; ${small} } }`);
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Attention in C</title>
<link rel="stylesheet" href="../book/_static/pygments.css">
<link rel="stylesheet" href="../book/_static/katex/katex.min.css">
<style>
${look}
${read(path.join(here, "paper.css"))}
:root { --measure: ${sheet.measure}; --height: ${sheet.height};
    --plot: ${sheet.plot}; --letters: ${sheet.letters}; --code: ${sheet.code}; }
@page { size: ${sheet.size}; margin: ${sheet.margin};
    @bottom-center { content: counter(page); ${small} } }
@page cover { @bottom-center { content: ""; } }
${heads.join("\n")}
</style>
<script defer src="../book/_static/katex/katex.min.js"></script>
<script defer src="paper.js"></script>
<script defer src="../book/_static/math.js"></script>
</head><body data-theme="light">
<section class="page cover" style="page: cover">
<p class="title">Attention in C</p>
<p>From the inner product to the Transformer, in chapters that are each one
program</p>
<p class="licence">Code under the MIT License, text and figures under
CC BY 4.0.</p>
</section>
${names.map(page).join("")}</body></html>
`;
}

// ---- the browser: messages in JSON over a pipe, each ended by a zero byte ---

const profile = fs.mkdtempSync(path.join(os.tmpdir(), "print-"));
const browser = spawn(process.env.CHROMIUM || "chromium", ["--headless=new",
    "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
    "--allow-file-access-from-files",
    "--user-data-dir=" + profile, "about:blank"],
    {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
const waiting = new Map();
let id = 0, session, heard = () => {}, text = "";

browser.stdio[4].setEncoding("utf8");
browser.stdio[4].on("data", data => {
    text += data;
    let end;
    while ((end = text.indexOf("\0")) >= 0) {
        const message = JSON.parse(text.slice(0, end));
        text = text.slice(end + 1);
        const {done, fail} = waiting.get(message.id) ?? {};
        if (!message.id)
            heard(message);
        else if (message.error)
            fail(new Error(message.error.message));
        else
            done(message.result);
    }
});

function ask(method, params = {}) {
    browser.stdio[3].write(JSON.stringify(
        {id: ++id, method, params, sessionId: session}) + "\0");
    return new Promise((done, fail) => waiting.set(id, {done, fail}));
}

async function run(expression) {
    const {result, exceptionDetails} = await ask("Runtime.evaluate",
        {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails)
        throw new Error(exceptionDetails.exception?.description ??
                        exceptionDetails.text);
    return result.value;
}

// ---- what no page may have: runs in the browser -----------------------------

function inspect() {
    const found = [], all = selector => document.querySelectorAll(selector);
    const wide = document.body.getBoundingClientRect().right;
    const name = e => e.textContent.trim().slice(0, 50);
    for (const e of all("body *")) {
        const {right, width} = e.getBoundingClientRect();
        if (width && right > wide + 4 && !e.closest("svg svg, .katex-mathml") &&
            !(e.closest("svg") && e.tagName !== "svg"))
            found.push(`stands out by ${Math.round(right - wide)} px: ` +
                       `${e.tagName}.${e.className} ${name(e)}`);
    }
    for (const e of all("pre"))
        if (e.scrollWidth > e.clientWidth + 1)
            found.push("is cut: " + name(e));
    for (const e of all(".katex-error"))
        found.push("KaTeX: " + e.title);
    for (const e of all(".tex"))
        if (!e.querySelector(".katex"))
            found.push("raw TeX: " + name(e));
    for (const e of all("p, li, td, h1, h2, h3"))
        for (const n of e.childNodes)
            if (n.nodeType === 3 && /\$[^$]+\$|\\frac|\$\$/.test(n.data))
                found.push("raw TeX: " + n.data.trim().slice(0, 50));
    for (const e of all("a[href^='#']"))
        if (!document.getElementById(decodeURIComponent(e.hash.slice(1))))
            found.push("leads nowhere: " + e.getAttribute("href"));
    for (const e of all("a:not([href^='http']):not([href^='#'])[href]"))
        found.push("leads out of the book: " + e.getAttribute("href"));
    if (all("details").length)
        found.push("folded: " + all("details").length);
    return {found: [...new Set(found)], figures: all("svg.plot").length};
}

// ---- printing ---------------------------------------------------------------

// A draft has no outline, and no tags for readers' voices: that is faster.
async function print(file, whole) {
    const {stream} = await ask("Page.printToPDF", {preferCSSPageSize: true,
        printBackground: true, generateDocumentOutline: whole,
        generateTaggedPDF: whole, transferMode: "ReturnAsStream"});
    const parts = [];
    for (;;) {
        const {data, base64Encoded, eof} =
            await ask("IO.read", {handle: stream, size: 1 << 20});
        parts.push(Buffer.from(data, base64Encoded ? "base64" : "utf8"));
        if (eof)
            break;
    }
    fs.writeFileSync(file, Buffer.concat(parts));
}

// The page of each place a link leads to.
function places(file) {
    const said = execFileSync("pdfinfo", ["-dests", file],
                              {encoding: "utf8", maxBuffer: 1 << 26});
    return Object.fromEntries([...said.matchAll(/^ *(\d+) \[.*?\] "(.*)"$/gm)]
        .map(([, number, name]) => [name, number]));
}

async function edition(sheet) {
    const file = path.join(out, "paper.html");
    fs.writeFileSync(file, assemble(sheet));
    const loaded = new Promise(done => {
        heard = ({method}) => method === "Page.loadEventFired" && done();
    });
    await ask("Page.navigate", {url: "file://" + path.resolve(file)});
    await loaded;
    await run("document.fonts.ready.then(() => new Promise(done => " +
              "requestAnimationFrame(() => requestAnimationFrame(done))))");
    const pdf = path.join(out, sheet.name), draft = pdf + ".new";
    await print(draft, false);
    const missing = await run(`((pages) => {
        const missing = [];
        for (const a of document.querySelectorAll(".leaf")) {
            const place = decodeURIComponent(a.hash.slice(1));
            if (!(place in pages))
                missing.push(place);
            a.textContent = pages[place];
        }
        return missing;
    })(${JSON.stringify(places(draft))})`);
    await print(draft, true);
    const {found, figures} = await run(`(${inspect})()`);
    found.push(...missing.map(place => "has no page: " + place));
    const expected = order().map(name => read(path.join(site, name + ".html"))
        .split('<svg class="plot"').length - 1).reduce((a, b) => a + b);
    if (figures !== expected)
        found.push(`${figures} figures; expected ${expected}, as in the site`);
    for (const what of found)
        console.error(`${pdf}: ${what}`);
    if (found.length) {
        fs.rmSync(draft);
        throw new Error(`${pdf} is not made: see above`);
    }
    fs.renameSync(draft, pdf);
}

async function main() {
    fs.mkdirSync(out, {recursive: true});
    fs.copyFileSync(path.join(here, "paper.js"), path.join(out, "paper.js"));
    const {targetInfos} = await ask("Target.getTargets");
    const {targetId} = targetInfos.find(target => target.type === "page");
    session = (await ask("Target.attachToTarget",
                         {targetId, flatten: true})).sessionId;
    for (const domain of ["Page", "Runtime"])
        await ask(domain + ".enable");
    for (const sheet of SIZES)
        await edition(sheet);
    return 0;
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
    console.error("print: " + what);
    process.exit(1);
}

browser.on("error", error => stop(error.message));
browser.on("exit", () => stop("the browser ended early"));
main().then(end, error => {
    console.error("print: " + error.message);
    end(1);
});
