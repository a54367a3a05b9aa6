// tar.mjs -- reads and writes the archive of headers and libraries that the
// compiler in the page comes with.

const BLOCK = 512;
const text = (buffer, at, n) =>
    buffer.toString('latin1', at, at + n).replace(/\0.*$/s, '');

// [{ name, folder, data }, ...]
export function readTar(buffer) {
    const entries = [];
    for (let at = 0; at + BLOCK <= buffer.length && buffer[at];) {
        const size = parseInt(text(buffer, at + 124, 12), 8) || 0;
        const prefix = text(buffer, at + 345, 155);
        const name = (prefix ? prefix + '/' : '') + text(buffer, at, 100);
        entries.push({ name: name.replace(/\/$/, ''),
                       folder: text(buffer, at + 156, 1) === '5',
                       data: buffer.subarray(at + BLOCK, at + BLOCK + size) });
        at += BLOCK * (1 + Math.ceil(size / BLOCK));
    }
    return entries;
}

function header({ name, folder, data }) {
    const block = Buffer.alloc(BLOCK);
    const octal = (number, at, width) =>
        block.write(number.toString(8).padStart(width - 1, '0') + '\0', at);
    if (name.length > 99)
        throw new Error(`tar: ${name}: at most 99 letters were expected`);
    block.write(name, 0);
    octal(folder ? 0o755 : 0o644, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(folder ? 0 : data.length, 124, 12);
    octal(0, 136, 12);
    block.fill(' ', 148, 156);      // the checksum counts itself as blanks
    block.write(folder ? '5' : '0', 156);
    block.write('ustar\0' + '00', 257);
    const sum = block.reduce((all, byte) => all + byte, 0);
    block.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
    return block;
}

export function writeTar(entries) {
    const parts = [];
    for (const entry of entries) {
        parts.push(header(entry));
        if (!entry.folder)
            parts.push(entry.data, Buffer.alloc(-entry.data.length & (BLOCK - 1)));
    }
    return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}
