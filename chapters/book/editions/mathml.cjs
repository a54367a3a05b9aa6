// Formulas as MathML: reads a list of [TeX, whether it has a line of its own],
// in JSON, and writes the list of elements. The argument is KaTeX's folder.
const fs = require("fs"), path = require("path");
const katex = require(path.resolve(process.argv[2], "katex.min.js"));

function mathml([tex, displayMode]) {
    try {
        return katex.renderToString(
            tex, {displayMode, output: "mathml", strict: false});
    } catch (error) {
        console.error(`${tex}: ${error.message}`);
        process.exit(1);
    }
}

const formulas = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(formulas.map(formula => mathml(formula)
    .replace(/^.*?(?=<math)|(?<=<\/math>).*$/gs, "")
    // The source of a formula is not for readers.
    .replace(/<semantics>(.*?)<annotation.*<\/semantics>/s, "$1")
    // What KaTeX makes of \vdots is not MathML.
    .replace(/<mi>(<mi[^>]*>⋮<\/mi>)<mpadded.*?<\/mpadded><\/mi>/g, "$1"))));
