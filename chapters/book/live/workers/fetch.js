// fetch.js -- the compiler fetches its own parts, and takes hold of fetch() when it
// is loaded: before that, fetch() must bring packs. Import it first.

import { asset, unpacked } from './prelude.js';

self.fetch = async url => {
    const name = String(url).split('/').pop();
    const type = name.endsWith('.wasm') ? 'application/wasm'
                                        : 'application/octet-stream';
    return new Response(unpacked(await asset(name)),
                        { headers: { 'content-type': type } });
};
