// pool.mjs -- compilers side by side, one for each processor.

import os from 'node:os';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { compilerIn } from './llvm.mjs';

if (!isMainThread) {
    const { folder, sources } = workerData, llvm = await compilerIn(folder);
    parentPort.on('message', async ({ args, files }) => {
        const answer = await llvm(args, { ...sources, ...files });
        parentPort.postMessage({ ...answer, files: undefined,
                                 object: answer.files?.['out.o'] });
    });
}

// folder: the one of the compiler. sources: the files that it sees. ->
// { run(args, files), end() }; run gives { said, failed, called, object }, the
// object being what is compiled to out.o. files: more files, for this run.
export function compilers(folder, sources) {
    const workers = [], idle = [], waiting = [];
    function next() {
        while (waiting.length) {
            if (!idle.length && workers.length < os.availableParallelism()) {
                const made = new Worker(new URL(import.meta.url),
                                        { workerData: { folder, sources } });
                workers.push(made);
                idle.push(made);
            }
            const worker = idle.pop();
            if (!worker)
                return;
            const { question, answered } = waiting.shift();
            worker.once('message', answer => {
                idle.push(worker);
                answered(answer);
                next();
            });
            worker.postMessage(question);
        }
    }
    return {
        run: (args, files = {}) => new Promise(answered => {
            waiting.push({ question: { args, files }, answered });
            next();
        }),
        end: () => Promise.all(workers.map(worker => worker.terminate())),
    };
}
