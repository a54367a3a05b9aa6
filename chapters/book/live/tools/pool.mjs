// pool.mjs -- compilers side by side, one for each processor.

import os from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { llvm } from './llvm.mjs';

if (!isMainThread)
    parentPort.on('message', async args => {
        const { files, said, failed } = await llvm(args, workerData);
        parentPort.postMessage({ said, failed, object: files?.['out.o'] });
    });

// sources: the files that a compiler sees. -> { compile(args), end() }; compile
// gives { said, failed, object } of what is compiled to out.o.
export function compilers(sources) {
    const workers = [], idle = [], waiting = [];
    function next() {
        while (waiting.length) {
            if (!idle.length && workers.length < os.availableParallelism()) {
                const made = new Worker(new URL(import.meta.url),
                                        { workerData: sources });
                workers.push(made);
                idle.push(made);
            }
            const worker = idle.pop();
            if (!worker)
                return;
            const { args, compiled } = waiting.shift();
            worker.once('message', answer => {
                idle.push(worker);
                compiled(answer);
                next();
            });
            worker.postMessage(args);
        }
    }
    return {
        compile: args => new Promise(compiled => {
            waiting.push({ args, compiled });
            next();
        }),
        end: () => Promise.all(workers.map(worker => worker.terminate())),
    };
}
