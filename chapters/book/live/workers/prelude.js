// prelude.js -- what a worker needs comes by message from the page, which can
// load scripts; a worker of a page opened from a file can load nothing.

const waiting = new Map;

// The bytes of a pack (compressed), by name.
export function asset(name) {
    return new Promise(found => {
        if (!waiting.has(name))
            waiting.set(name, []);
        waiting.get(name).push(found);
        postMessage({ type: 'asset', name });
    });
}

self.addEventListener('message', event => {
    const { type, name, bytes } = event.data;
    if (type !== 'asset')
        return;
    event.stopImmediatePropagation();
    for (const found of waiting.get(name) || [])
        found(bytes);
    waiting.delete(name);
});

export function unpacked(bytes) {
    return new Blob([bytes]).stream()
        .pipeThrough(new DecompressionStream('gzip'));
}

export async function unpackedBytes(bytes) {
    return new Uint8Array(await new Response(unpacked(bytes)).arrayBuffer());
}
