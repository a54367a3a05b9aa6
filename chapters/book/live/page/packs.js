// packs.js -- what a page loads when it is asked to, and not before. A pack is a
// script that hands over its bytes, compressed: a page opened from a file can
// load scripts, and nothing else.

const folder = document.currentScript.src.replace(/[^/]*$/, 'pack/');
const bytes = {}, loading = {}, workers = {};

window.PACK = (name, base64) => {
    const text = atob(base64), data = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++)
        data[i] = text.charCodeAt(i);
    bytes[name] = data;
};

// The bytes of a pack, as they are: compressed.
export function pack(name) {
    return loading[name] ??= new Promise((loaded, failed) => {
        const script = document.createElement('script');
        script.src = folder + name + '.js';
        script.onload = () => loaded(bytes[name]);
        script.onerror = () => {
            delete loading[name];
            failed(new Error(`${name} could not be loaded.`));
        };
        document.head.append(script);
    });
}

export async function unpack(name) {
    const stream = new Blob([await pack(name)]).stream()
        .pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function unpackText(name) {
    return new TextDecoder().decode(await unpack(name));
}

// A worker, made from a pack. What it asks for comes from packs, too.
export async function spawn(name) {
    workers[name] ??= URL.createObjectURL(
        new Blob([await unpack(name)], { type: 'text/javascript' }));
    const worker = new Worker(workers[name]);
    worker.addEventListener('message', async ({ data }) => {
        if (data.type === 'asset')
            worker.postMessage({ type: 'asset', name: data.name,
                                 bytes: await pack(data.name) });
    });
    return worker;
}

// A worker that lives on and answers each question.
export function service(name) {
    let worker, questions = 0, ready = false;
    return {
        start: () => worker ??= spawn(name).then(made => {
            made.addEventListener('message', ({ data }) => {
                ready ||= data.type === 'ready';
            });
            return made;
        }),
        isReady: () => ready,
        async ask(question) {
            const answering = await this.start(), id = ++questions;
            return new Promise(answered => {
                const listen = ({ data }) => {
                    if (data.id !== id)
                        return;
                    answering.removeEventListener('message', listen);
                    answered(data);
                };
                answering.addEventListener('message', listen);
                answering.postMessage({ ...question, id });
            });
        },
    };
}
