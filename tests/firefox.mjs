// firefox.mjs -- a page in Firefox (Debian's, or the one that FIREFOX names), for
// live.mjs: by Marionette, which every Firefox speaks: "LENGTH:JSON"
// over a socket. A question is [0, number, command, parameters], its answer
// [1, number, error, result].

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';

const PROGRAM = process.env.FIREFOX
    || ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(fs.existsSync);
export const hasFirefox = () => !!PROGRAM;

const freePort = () => new Promise(found => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => found(port));
    });
});

async function connected(port, tries = 200) {
    for (;;) {
        const socket = net.connect(port, '127.0.0.1');
        const open = await new Promise(known => {
            socket.once('connect', () => known(true));
            socket.once('error', () => known(false));
        });
        if (open)
            return socket;
        if (!--tries)
            throw new Error(`${PROGRAM} does not answer`);
        await new Promise(later => setTimeout(later, 300));
    }
}

export async function firefox() {
    const port = await freePort();
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'firefox-'));
    fs.writeFileSync(`${profile}/user.js`, [
        ['marionette.port', port],
        ['network.captive-portal-service.enabled', false],
        ['network.connectivity-service.enabled', false],
    ].map(([name, value]) => `user_pref("${name}", ${value});\n`).join(''));
    const program = spawn(PROGRAM, ['--headless', '--marionette', '--no-remote',
        '--remote-allow-system-access', '--profile', profile], { stdio: 'ignore' });
    const socket = await connected(port), waiting = new Map;
    let bytes = Buffer.alloc(0), asked = 0;
    socket.on('data', more => {
        bytes = Buffer.concat([bytes, more]);
        for (;;) {
            const colon = bytes.indexOf(':');
            const length = Number(bytes.toString('latin1', 0, Math.max(0, colon)));
            if (colon < 0 || bytes.length < colon + 1 + length)
                return;
            const text = bytes.toString('utf8', colon + 1, colon + 1 + length);
            bytes = bytes.subarray(colon + 1 + length);
            const message = JSON.parse(text);
            if (!Array.isArray(message))
                continue;               // its greeting
            const [, id, error, result] = message, answer = waiting.get(id);
            waiting.delete(id);
            error ? answer.failed(new Error(error.message)) : answer.good(result);
        }
    });
    const send = (command, parameters = {}) => new Promise((good, failed) => {
        waiting.set(++asked, { good, failed });
        const text = JSON.stringify([0, asked, command, parameters]);
        socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
    await send('WebDriver:NewSession', { capabilities: {} });
    await send('WebDriver:SetTimeouts', { script: 600000 });

    // fn runs in the page, with one argument; what it gives back must be JSON.
    const evaluate = async (fn, argument = null) => (await send(
        'WebDriver:ExecuteScript', {
            sandbox: null, args: [argument],
            script: `return (${fn})(arguments[0])`,
        })).value;
    // What the browser's console has: errors of the page, and what it was refused.
    async function complaints() {
        await send('Marionette:SetContext', { value: 'chrome' });
        const { value } = await send('WebDriver:ExecuteScript', { args: [], script: `
            return Services.console.getMessageArray()
                .filter(m => m instanceof Ci.nsIScriptError && !(m.flags & 1)
                             && /^file|^http|^blob/.test(m.sourceName))
                .map(m => m.errorMessage)` });
        await send('Marionette:SetContext', { value: 'content' });
        return value;
    }
    return {
        send, evaluate, complaints,
        goto: url => send('WebDriver:Navigate', { url }),
        async close() {
            await send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => 0);
            await new Promise(ended => program.exitCode !== null ? ended()
                                       : program.once('exit', ended));
            fs.rmSync(profile, { recursive: true, force: true });
        },
    };
}
