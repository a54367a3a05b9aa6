// packs.js -- what a page loads when it is asked to, and not before. A pack is a
// script that hands over its bytes, compressed: a page opened from a file can
// load scripts, and nothing else.

const folder = document.currentScript.src.replace(/[^/]*$/, 'pack/');
const bytes = {}, workers = {};

window.PACK = (name, base64) => {
    const text = atob(base64), data = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++)
        data[i] = text.charCodeAt(i);
    bytes[name] = data;
};

// The bytes of a pack, as they are: compressed. The page keeps none of them, nor
// the script: the compiler's are 12 MB.
export function pack(name) {
    return new Promise((loaded, failed) => {
        const script = document.createElement('script');
        script.src = folder + name + '.js';
        script.onload = () => {
            script.remove();
            loaded(bytes[name]);
            delete bytes[name];
        };
        script.onerror = () => {
            script.remove();
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

// A worker, made from a pack. What it asks for comes from packs, too; `instead`
// says of which other ones.
export async function spawn(name, instead = {}) {
    workers[name] ??= URL.createObjectURL(
        new Blob([await unpack(name)], { type: 'text/javascript' }));
    const worker = new Worker(workers[name]);
    worker.addEventListener('message', async ({ data }) => {
        if (data.type !== 'asset')
            return;
        const content = await pack(instead[data.name] || data.name);
        worker.postMessage({ type: 'asset', name: data.name, bytes: content },
                           [content.buffer]);
    });
    return worker;
}

// A worker that lives on and answers each question. Where it answers that it is
// too small for that, one made with the next of `sizes` takes its place.
export function service(name, sizes = [{}]) {
    let current, questions = 0;
    function start() {
        if (current)
            return current;
        const made = current = { open: 0, isReady: false };
        made.worker = spawn(name, sizes[0]);
        made.worker.then(worker => worker.addEventListener('message', ({ data }) => {
            made.isReady ||= data.type === 'ready';
        }));
        return made;
    }
    async function ask(question) {
        const asked = start(), id = ++questions;
        asked.open++;
        const worker = await asked.worker;
        const answer = await new Promise(answered => {
            const listen = ({ data }) => {
                if (data.id !== id)
                    return;
                worker.removeEventListener('message', listen);
                answered(data);
            };
            worker.addEventListener('message', listen);
            worker.postMessage({ ...question, id });
        });
        asked.open--;
        const grows = answer.tooSmall && (asked !== current || sizes.length > 1);
        if (grows && asked === current) {
            sizes = sizes.slice(1);
            current = undefined;
        }
        if (asked !== current && !asked.open)
            worker.terminate();
        return grows ? ask(question) : answer;
    }
    return { start, ask, isReady: () => !!current?.isReady };
}
