// halves.mjs -- half of the compiler. Of LLVM's functions, a book of C needs one in
// five. So a compiler is made that notes which of its functions are called; it does
// what pages ask for; and in the half only these functions have a body. Any other
// traps at once, and then the page loads the whole compiler and asks that again.

const GLOBAL = 6, EXPORT = 7, CODE = 10;

function unsigned(bytes, at) {
    let value = 0, factor = 1, byte;
    do {
        byte = bytes[at++];
        value += (byte & 127) * factor;
        factor *= 128;
    } while (byte & 128);
    return [value, at];
}

function leb(value) {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128))
        bytes.push(value % 128 + 128);
    return Buffer.from([...bytes, value]);
}

// Bit `at` of 64, as a signed number of WebAssembly.
function bitOf(at) {
    const bytes = [];
    let value = BigInt.asIntN(64, 1n << BigInt(at));
    for (;;) {
        const byte = Number(value & 127n);
        value >>= 7n;
        const last = value === 0n && byte < 64 || value === -1n && byte > 63;
        bytes.push(last ? byte : byte + 128);
        if (last)
            return Buffer.from(bytes);
    }
}

// [{ kind, content }, ...]
function sections(wasm) {
    const list = [];
    for (let at = 8; at < wasm.length;) {
        const kind = wasm[at], [size, from] = unsigned(wasm, at + 1);
        list.push({ kind, content: wasm.subarray(from, from + size) });
        at = from + size;
    }
    return list;
}

const joined = (wasm, list) => Buffer.concat([
    wasm.subarray(0, 8),
    ...list.flatMap(({ kind, content }) =>
        [Buffer.from([kind]), leb(content.length), content])]);

// The code section with each function as change(body, number) has it.
function changed(content, change) {
    let [count, at] = unsigned(content, 0);
    const parts = [leb(count)];
    for (let i = 0; i < count; i++) {
        const [size, from] = unsigned(content, at);
        const body = change(content.subarray(from, from + size), i);
        parts.push(leb(body.length), body);
        at = from + size;
    }
    return Buffer.concat(parts);
}

// A section with some parts more.
const more = (content, count, parts) => {
    const [before, at] = unsigned(content, 0);
    return Buffer.concat([leb(before + count), content.subarray(at), ...parts]);
};

// A module that notes what is called: a bit for each function, in globals that it
// exports as called0, called1, ...
export function noting(wasm) {
    const list = sections(wasm);
    const section = kind => list.find(each => each.kind === kind);
    const [functions] = unsigned(section(CODE).content, 0);
    const [first] = unsigned(section(GLOBAL).content, 0);   // (it imports none)
    const words = Math.ceil(functions / 64);
    const each = make => Array.from({ length: words }, (none, i) => make(i));
    const mutable = Buffer.from([0x7e, 1, 0x42, 0, 0x0b]);  // i64, 0 at first
    section(GLOBAL).content = more(section(GLOBAL).content, words,
                                   each(() => mutable));
    section(EXPORT).content = more(section(EXPORT).content, words, each(i => {
        const name = Buffer.from(`called${i}`);
        return Buffer.concat([leb(name.length), name, Buffer.from([3]),
                              leb(first + i)]);
    }));
    section(CODE).content = changed(section(CODE).content, (body, i) => {
        let [groups, at] = unsigned(body, 0);
        while (groups--)                        // its variables
            at = unsigned(body, at)[1] + 1;
        const word = leb(first + Math.floor(i / 64));
        return Buffer.concat([
            body.subarray(0, at), Buffer.from([0x23]), word,    // global.get
            Buffer.from([0x42]), bitOf(i % 64),                 // i64.const
            Buffer.from([0x84, 0x24]), word,                    // or, global.set
            body.subarray(at)]);
    });
    return joined(wasm, list);
}

let watched = [];

// From now on, what instances of such modules call is noted.
export function watch() {
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (module, imports) => {
        const instance = await instantiate(module, imports);
        if (instance.exports?.called0)
            watched.push(instance.exports);
        return instance;
    };
}

// What was called since this was asked last: words of 64 bits, a bit a function.
export function takeCalled() {
    const called = [];
    for (const exports of watched)
        for (let i = 0; `called${i}` in exports; i++)
            called[i] = (called[i] || 0n)
                      | BigInt.asUintN(64, exports[`called${i}`].value);
    watched = [];
    return called;
}

// The module with the bodies of those functions only.
export function half(wasm, called) {
    const list = sections(wasm), nothing = Buffer.from([0, 0, 0x0b]);
    const code = list.find(each => each.kind === CODE);
    code.content = changed(code.content, (body, i) =>
        called[Math.floor(i / 64)] >> BigInt(i % 64) & 1n ? body : nothing);
    return joined(wasm, list);
}
