// build.mjs -- makes build/live, the book with pages that run, from build/book.
//
//     make live
//
// Every chapter is compiled to WebAssembly by the compiler that the page itself
// uses, so what the page prints is what the program prints. What a page may need
// lies in packs, each a script that is loaded when something asks for it:
//
//     STEM.wasm     the chapter's program, for a run without edits
//     STEM          its source, its figures' script and data, its exercises
//     shelf         headers, and all objects that an edited chapter is linked with
//     cc, llvm.*    the compiler, of which llvm.half.wasm is what is mostly needed
//     plot, gnuplot.wasm  what draws
//     run, judge    the workers in which programs run;  editor  the editor
//     translate.wasm, french, chinese    the translator, what it has learned
//     story.wasm, stories.bin, stories.pieces    the teller of stories, too
//
// Objects are kept in build/live.objects and compiled again when a source, a
// header or a flag has changed.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { cellIn, compileArguments, linkArguments,
         onlyCells } from './tools/arguments.js';
import { half, noting } from './tools/halves.mjs';
import { compilerIn, installed, load, parts, tree } from './tools/llvm.mjs';
import { compilers } from './tools/pool.mjs';
import { readTar, writeTar } from './tools/tar.mjs';

const esbuild = await load('esbuild/lib/main.js'), llvm = await compilerIn(parts);
const made = process.env.LIVE_BUILD;
const here = 'chapters/book/live', site = made + '/live';
const objects = made + '/live.objects', packs = site + '/_static/live/pack';
const read = file => fs.readFileSync(file, 'utf8');

function write(file, content) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
}

// ---- what make knows ----------------------------------------------------------

const facts = { chapter: {}, program: {}, exercise: {} };
for (const line of execFileSync('make', ['-s', 'live-facts', `B=${made}`],
                                { encoding: 'utf8' }).trim().split('\n')) {
    const [kind, name, ...list] = line.trim().split(/\s+/);
    if (facts[kind])
        facts[kind][name] = list;
    else
        facts[kind] = [name, ...list].filter(Boolean);
}

// ---- compiling ----------------------------------------------------------------

// (That warning is of sums with enums, which are constants here: Makefile.)
const SIMD = ['-msimd128', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext',
              '-Wno-enum-float-conversion'];
const isContracted = file => facts.contracted.includes(file.slice(0, -2));
const flagsOf = file => [...facts.flags, ...SIMD,
                         ...isContracted(file) ? ['-ffp-contract=fast'] : []];
// Of a chapter with what a reader writes: sooner compiled, and as fast but for
// loops of its own, since what computes is common/ and is compiled as ever (where
// such loops are what is measured, they are fast, too). A pointer to nothing is
// noticed, as the terminal notices it.
const editFlags = file => [...flagsOf(file).filter(flag => !/^-(O|Wconv)/.test(flag)),
                           isContracted(file) ? '-O1' : '-O0',
                           '-fsanitize=null', '-fsanitize-trap=null'];
const debugFlags = file => ['-std=c11', '-O1', '-DT_DEBUG', '-Icommon',
                            '-Ichapters', ...SIMD, '-ffp-contract='
                            + (isContracted(file) ? 'fast' : 'off')];
const EMULATED = ['-lwasi-emulated-signal', '-lwasi-emulated-getpid'];
// As tests/exercises/rules.mk has them, but for the sanitizers.
const checkFlags = stem => [
    '-std=c11', '-O1', '-ffp-contract=off', '-Wall', '-Wextra',
    '-Wno-unused-parameter', '-Werror=return-type',
    '-Werror=implicit-function-declaration', '-ftrivial-auto-var-init=pattern',
    '-fmacro-backtrace-limit=1', '-Icommon', '-Ichapters',
    '-Ichapters/exercises', '-Itests/exercises', `-I${made}/exercises`, '-I.',
    ...SIMD, '-fsanitize=undefined', '-fno-sanitize=function',
    '-fno-sanitize-recover=all',
    ...stem ? ['-include', 'tests/exercises/noted.h', '-include',
               `${made}/exercises/${stem}.protos.h`] : [],
];

const sources = {
    common: tree('common'), chapters: tree('chapters'),
    tests: { exercises: tree('tests/exercises'), golden: tree('tests/golden') },
};
sources[made] = { exercises: tree(made + '/exercises', /\.(protos\.h|checks\.c)$/) };
const headers = crypto.createHash('sha1');
(function add(folder) {
    for (const [name, content] of Object.entries(folder))
        if (typeof content === 'object')
            add(content);
        else if (name.endsWith('.h'))
            headers.update(name + '\0' + content);
})(sources);
const allHeaders = headers.digest('hex');

// Whether the target was made of just this; if not, it is said to be, once it is.
function fresh(target, ...of) {
    const key = crypto.createHash('sha1').update(JSON.stringify(of)).digest('hex');
    return { isMade: fs.existsSync(target + '.key') && read(target + '.key') === key,
             made: () => write(target + '.key', key) };
}

const pool = compilers(parts, sources);
let compiled = 0;
async function compile(file, object, flags) {
    const target = `${objects}/${object}`;
    const { isMade, made } = fresh(target, file, flags, allHeaders, read(file));
    if (isMade)
        return;
    const answer = await pool.run(compileArguments(file, flags, 'out.o'));
    if (answer.said)
        process.stderr.write(answer.said);
    if (answer.failed)
        throw new Error(`${file} does not compile for the page`);
    write(target, answer.object);
    made();
    if (++compiled % 10 === 0)
        process.stderr.write(`live  ${compiled} objects\r`);
}

// Objects as the linker finds them, by their paths.
function objectTree(list) {
    const files = {};
    for (const object of list) {
        let folder = files;
        const parts = object.split('/'), name = parts.pop();
        for (const part of parts)
            folder = folder[part] ??= {};
        folder[name] = fs.readFileSync(`${objects}/${object}`);
    }
    return files;
}

async function link(list, target) {
    const answer = await llvm(linkArguments(list), objectTree(list));
    if (answer.failed)
        throw new Error(`${target} cannot be linked:\n${answer.said}`);
    write(target, answer.files['program.wasm']);
}

// chapters/NN_x.lib.o is chapters/NN_x.c with its main renamed; any other object
// is its source's.
async function compileAll(list, prefix, flags) {
    await Promise.all([...new Set(list)].map(object => {
        const lib = object.endsWith('.lib.o');
        const file = object.replace(/(\.lib)?\.o$/, '.c');
        return compile(file, prefix + object, [
            ...flags(file),
            ...lib ? ['-Dmain=main_' + path.basename(file, '.c')] : []]);
    }));
}

const lists = kind => [...new Set(Object.values(facts[kind]).flat())];
const [solved] = Object.keys(facts.exercise);      // whose linking is tried
const judging = ['try', 'trial', 'judge'].map(name => `judging/${name}.o`);

async function compileEverything() {
    await compileAll([
        ...lists('chapter'), ...lists('program'),
        ...Object.keys(facts.chapter).map(stem => `chapters/${stem}.o`),
        ...Object.keys(facts.program).map(name => `chapters/programs/${name}.o`),
    ], '', flagsOf);
    await compileAll(lists('exercise'), 'debug/', debugFlags);
    const signals = [...checkFlags(), '-D_WASI_EMULATED_SIGNAL',
                     '-D_WASI_EMULATED_GETPID'];
    await compile('tests/exercises/try.c', judging[0], signals);
    await compile(`${here}/trial.c`, judging[1], signals);
    await compile('tests/exercises/judge.c', judging[2], signals);
    await compile(`chapters/solutions/${solved}.c`, `judging/${solved}.solution.o`,
                  checkFlags(solved));
    await compile(`${here}/ubsan.c`, 'judging/ubsan.o',
                  ['-std=c11', '-O1', '-Wno-unknown-attributes']);
    await Promise.all(Object.keys(facts.exercise).map(stem => compile(
        `${made}/exercises/${stem}.checks.c`, `judging/${stem}.checks.o`,
        checkFlags(stem))));
    await pool.end();
}

// ---- half of the compiler ------------------------------------------------------

// What is soon typed at the beginning of a cell.
const TYPED = [
    'puts("here");', 'return;', 'for (;;) ;', 'while (true) puts("again");',
    'for (volatile int k = 0;; k++) ;', 'int *nowhere = NULL; *nowhere = 1;',
    'int *volatile nowhere = (int *)-8; *nowhere = 1;',
    'double sum = 0; for (int i = 0; i < 1000; i++) sum += sqrt(i) / (i + 1);'
    + ' printf("%f\\n", sum);',
];

// What pages ask of the compiler: each chapter, whole and with one of its cells,
// and each file of exercises, as it is and linked, and what a reader may write,
// right or wrong (mistakes.txt: of each paragraph one file, of each line one
// function). [{ name, args, text }], the text being that of the file asked.c, or
// { name, args, list } of objects.
function questions() {
    const asked = [];
    const compiling = (name, path, flags, text) => asked.push({
        name, text, args: compileArguments(path, flags, 'out.o') });
    for (const stem of Object.keys(facts.chapter)) {
        const path = `chapters/${stem}.c`, text = read(path);
        const cells = text.split('\n').map(cellIn).filter(Boolean);
        compiling(stem, path, editFlags(path), text);
        for (const cell of [cells[0], cells.at(-1)])
            compiling(`${stem}.${cell}`, 'asked.c', editFlags(path),
                      onlyCells(text, [cell]));
    }
    for (const stem of Object.keys(facts.exercise)) {
        const text = read(`chapters/solutions/${stem}.c`);
        compiling(`${stem}.exercises`, 'asked.c', checkFlags(stem), text);
    }
    compiling('practice', 'asked.c', editFlags(''), read(`${here}/practice.c`));
    for (const stem of ['02_softmax', '08_transformer'])
        TYPED.forEach((line, i) => compiling(
            `${stem}.typed${i}`, 'asked.c', editFlags(`chapters/${stem}.c`),
            read(`chapters/${stem}.c`).replace(/^static void \w+\(void\)\n\{\n/m,
                                               begin => `${begin}    ${line}\n`)));
    const included = read('chapters/05_scaled_dot_product.c')
        .match(/^#include.*\n/gm).join('');
    read(`${here}/mistakes.txt`).trim().split('\n\n').forEach((lines, at) =>
        compiling(`mistakes${at}`, 'asked.c', editFlags(''), included
            + lines.split('\n').map((line, i) =>
                `static void wrong${i}(void)\n{\n${line}\n}\n`).join('')));
    const linking = (name, list, libraries) =>
        asked.push({ name, list, args: linkArguments(list, libraries) });
    for (const stem of Object.keys(facts.chapter))
        linking(stem + '.link', [`chapters/${stem}.o`, ...facts.chapter[stem]], []);
    linking('exercises.link',
            [`judging/${solved}.solution.o`, ...buildOf(solved).parts], EMULATED);
    linking('missing.link', ['chapters/02_softmax.o'], []);
    return asked;
}

// -> which functions these need: words of 64 bits.
async function calledFunctions() {
    const folder = `${made}/live.noting`, called = [];
    let noters;
    const start = () => {
        fs.mkdirSync(folder, { recursive: true });
        for (const name of fs.readdirSync(parts))
            fs.copyFileSync(`${parts}/${name}`, `${folder}/${name}`);
        write(`${folder}/package.json`, '{ "type": "module" }\n');
        write(`${folder}/llvm.core.wasm`,
              noting(fs.readFileSync(`${parts}/llvm.core.wasm`)));
        return compilers(path.resolve(folder), sources);
    };
    await Promise.all(questions().map(async ({ name, args, text, list }) => {
        const target = `${objects}/called/${name}`;
        const { isMade, made: done } = fresh(target, args, text, text && allHeaders);
        if (!isMade) {
            noters ??= start();
            const answer = await noters.run(args,
                                            list ? objectTree(list) : { 'asked.c': text });
            write(target, answer.called.map(word => word.toString(16)).join('\n'));
            done();
        }
        read(target).split('\n').forEach((word, i) => {
            called[i] = (called[i] || 0n) | BigInt('0x' + (word || 0));
        });
    }));
    await noters?.end();
    fs.rmSync(folder, { recursive: true, force: true });
    return called;
}

// ---- packing ------------------------------------------------------------------

const sizes = [];
function pack(name, content) {
    const bytes = zlib.gzipSync(content, { level: 9 });
    write(`${packs}/${name}.js`,
          `PACK(${JSON.stringify(name)},"${bytes.toString('base64')}")\n`);
    sizes.push([name, bytes.length]);
}

async function bundle(entry) {
    const { outputFiles } = await esbuild.build({
        entryPoints: [`${here}/${entry}`], bundle: true, minify: true,
        format: 'iife', write: false, platform: 'browser', logLevel: 'error',
        nodePaths: [installed], loader: { '.json': 'json' },
        external: ['node:*', 'module', 'fs', 'path', 'url'],
        define: { 'import.meta.url': '"http://pack/worker.js"' },
    });
    return Buffer.from(outputFiles[0].contents);
}

// Of what the compiler comes with, what C needs.
function resources() {
    const wanted = [
        /^include(\/wasm32-wasip1(?!\/c\+\+).*)?$/,
        /^include\/(std|__std|__float|float|limits|inttypes|iso646|tgmath|varargs|wasm_simd128)[^/]*\.h$/,
        /^lib(\/wasm32(-unknown)?-wasip1)?$/,
        /^lib\/wasm32-wasip1\/(crt1.*\.o|lib(c|m|wasi-emulated-(signal|getpid))\.a)$/,
        /^lib\/wasm32-unknown-wasip1\/libclang_rt\.builtins\.a$/,
    ];
    const all = readTar(fs.readFileSync(
        `${parts}/llvm-resources.tar`));
    return writeTar(all.filter(entry =>
        wanted.some(pattern => pattern.test(entry.name.replace(/^\.\//, '')))));
}

// A table of contents and all objects behind it: see workers/cc.js.
function shelf() {
    const texts = {}, places = {}, parts = [];
    let at = 0;
    (function add(folder, prefix) {     // (checks alone need golden numbers)
        for (const [name, content] of Object.entries(folder))
            if (typeof content === 'object' && name !== 'golden')
                add(content, prefix + name + '/');
            else if (name.endsWith('.h'))
                texts[prefix + name] = content;
    })(sources, '');
    const list = [...lists('chapter'), ...lists('exercise').map(o => 'debug/' + o),
                  ...judging, 'judging/ubsan.o',
                  ...Object.keys(facts.exercise)
                      .map(stem => `judging/${stem}.checks.o`)];
    for (const object of new Set(list)) {
        const bytes = fs.readFileSync(`${objects}/${object}`);
        places[object] = [at, bytes.length];
        parts.push(bytes);
        at += bytes.length;
    }
    const contents = Buffer.from(JSON.stringify({ texts, objects: places }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(contents.length);
    return Buffer.concat([length, contents, ...parts]);
}

// The data that a chapter's program reads, by the names that its source has.
function readBy(file) {
    return [...read(file).matchAll(/"chapters\/data\/(\w+\.\w+)"/g)].map(m => m[1])
        .filter(name => fs.existsSync(`chapters/data/${name}`));
}

// How a file of exercises is compiled and linked in the page.
const buildOf = stem => ({
    flags: checkFlags(stem), libraries: EMULATED,
    parts: [`judging/${stem}.checks.o`, ...judging, 'judging/ubsan.o',
            ...facts.exercise[stem].map(o => 'debug/' + o)],
});

// What the page knows of a chapter.
function description(stem) {
    const file = `chapters/${stem}.c`, data = {};
    const printed = `${made}/out/${stem}`, script = `plots/${stem}.gp`;
    for (const name of fs.readdirSync(printed))
        if (name.endsWith('.dat'))
            data['out/' + name] = read(`${printed}/${name}`);
    const exercise = facts.exercise[stem] && {
        start: read(`${made}/exercises/${stem}.start.c`),
        build: buildOf(stem),
    };
    return JSON.stringify({
        source: read(file), reads: readBy(file),
        script: fs.existsSync(script) ? read(script) : '',
        style: read('plots/style.gp'), data, exercise,
        flags: editFlags(file),
        parts: facts.chapter[stem],
    });
}

async function packEverything() {
    for (const name of fs.readdirSync(parts).filter(name => name.endsWith('.wasm')))
        pack(name, fs.readFileSync(`${parts}/${name}`));
    pack('llvm.half.wasm', half(fs.readFileSync(`${parts}/llvm.core.wasm`),
                                await calledFunctions()));
    pack('llvm-resources.tar', resources());
    pack('gnuplot.wasm', fs.readFileSync(
        `${installed}/gnuplot-wasm/src/gnuplot.wasm`));
    for (const name of ['cc', 'run', 'plot', 'judge'])
        pack(name, await bundle(`workers/${name}.js`));
    pack('editor', await bundle('page/editor.js'));
    pack('shelf', shelf());
    for (const stem of Object.keys(facts.chapter)) {
        const program = `${objects}/${stem}.wasm`;
        await link([`chapters/${stem}.o`, ...facts.chapter[stem]], program);
        pack(stem + '.wasm', fs.readFileSync(program));
        pack(stem, description(stem));
        for (const name of readBy(`chapters/${stem}.c`))
            pack(name, fs.readFileSync(`chapters/data/${name}`));
    }
    for (const name of ['translate', 'story']) {
        const program = `${objects}/${name}.wasm`;
        await link([`chapters/programs/${name}.o`, ...facts.program[name]], program);
        pack(name + '.wasm', fs.readFileSync(program));
    }
    for (const language of ['french', 'chinese'])
        pack(language, fs.readFileSync(`${made}/live.model/${language}.model`));
}

// ---- the site -----------------------------------------------------------------

// The licences of all that the pages bring along; some packages have no text.
function licences() {
    const list = Object.keys(JSON.parse(read(`${here}/package-lock.json`)).packages)
        .filter(Boolean).map(name => name.replace(/^node_modules\//, ''));
    return read(`${here}/licences.txt`) + list.map(name => {
        const folder = `${installed}/${name}`;
        if (!fs.existsSync(folder))
            return '';
        const about = JSON.parse(read(`${folder}/package.json`));
        const text = fs.readdirSync(folder).find(n => /^licen[cs]e/i.test(n));
        return `${about.name} ${about.version}: ${about.license || 'see its source'}`
             + (text ? '\n\n' + read(`${folder}/${text}`) : '\n');
    }).filter(Boolean).join('\n' + '-'.repeat(72) + '\n\n');
}

// What the reader can set: "width: 0.2, a number from 0.02 to 2".
function valuesOf(stem) {
    const said = execFileSync(`${made}/chapters/${stem}`, ['--values'],
                              { encoding: 'utf8' });
    const line = /^(\w+): (\S+), a (whole )?number from (\S+) to (\S+)$/gm;
    return [...said.matchAll(line)].map(([, name, ...m]) => ({
        name, standard: Number(m[0]), whole: !!m[1], least: Number(m[2]),
        most: Number(m[3]) }));
}

async function makeSite() {
    fs.rmSync(site, { recursive: true, force: true });
    fs.cpSync(made + '/book', site, { recursive: true });
    await packEverything();
    const script = await bundle('page/main.js');
    write(`${site}/_static/live/live.js`, script);
    write(`${site}/_static/live/live.css`, read(`${here}/page/live.css`));
    write(`${site}/_static/live/LICENCES.txt`, licences());
    const teller = Object.keys(facts.chapter).find(name => /^17_/.test(name));
    for (const name of ['index', ...Object.keys(facts.chapter)]) {
        const page = `${site}/${name}.html`;
        const values = facts.chapter[name]
            ? ` data-values='${JSON.stringify(valuesOf(name))}'` : '';
        const tool = /^(index|08_|10_)/.test(name) ? ' data-translator'
            : name === teller ? ` data-storyteller='${readBy(`chapters/${name}.c`)
                                                    .join(' ')}'`
            : /^14_/.test(name) ? ` data-storyteller-in='${teller}'` : '';
        write(page, read(page)
            .replace('</head>', '<link rel="stylesheet"'
                     + ' href="_static/live/live.css"></head>')
            .replace('</body>', `<script${values}${tool}`
                     + ' src="_static/live/live.js"></script></body>'));
    }
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    if (process.env.LIVE_SIZES)
        for (const [name, size] of sizes)
            console.log(name.padEnd(32), size);
    console.error(`live  ${compiled} objects compiled, ${sizes.length} packs of`
                  + ` ${(total / 1e6).toFixed(1)} MB in all, live.js`
                  + ` ${zlib.gzipSync(script).length} bytes`);
}

await compileEverything();
await makeSite();
