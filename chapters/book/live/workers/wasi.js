// wasi.js -- the calls of WASI (preview 1) that the book's programs make, with
// files in memory. Works in a worker and in node.
//
//     const end = await wasi(module, { args, env, files, dirs, write, close });
//
// module: a WebAssembly.Module. files: { path: bytes or text } that are there.
// write(fd, bytes): what it prints, on 1 or 2. close(path, bytes): a file was
// closed, or has been given this name. -> { code, trap, files, instance }: the status of its exit; the error
// that ended it, or null; all files as they are then.

const OK = 0, BADF = 8, EXIST = 20, INVAL = 28, ISDIR = 31, NOENT = 44,
      NOTDIR = 54, NOTEMPTY = 55, NOTSUP = 58, SPIPE = 70;

class Exit {
    constructor(code) { this.code = code; }
}

// "./a/../b" -> "b"
function clean(path) {
    const parts = [];
    for (const part of path.split('/'))
        if (part === '..')
            parts.pop();
        else if (part && part !== '.')
            parts.push(part);
    return parts.join('/');
}

const folderOf = path => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const encoder = new TextEncoder, decoder = new TextDecoder;

// Files by path: { data, size }, or null for a folder.
class Disk {
    entries = new Map([['', null]]);

    addFolder(path) {
        for (; path; path = folderOf(path))
            this.entries.set(path, null);
    }

    addFile(path, content) {
        const data = typeof content === 'string' ? encoder.encode(content)
                                                 : content;
        this.addFolder(folderOf(path));
        this.entries.set(path, { data, size: data.length });
    }

    contents() {
        const files = {};
        for (const [path, file] of this.entries)
            if (file)
                files[path] = file.data.subarray(0, file.size);
        return files;
    }
}

function writeAt(file, at, bytes) {
    const end = at + bytes.length;
    if (end > file.data.length) {
        const larger = new Uint8Array(Math.max(end, 2 * file.data.length, 1024));
        larger.set(file.data.subarray(0, file.size));
        file.data = larger;
    }
    file.data.set(bytes, at);
    file.size = Math.max(file.size, end);
}

export async function wasi(module, {
    args = ['program'], env = {}, files = {}, dirs = [], stdin = '',
    write = () => {}, close = () => {},
} = {}) {
    const disk = new Disk;
    dirs.forEach(path => disk.addFolder(clean(path)));
    Object.entries(files).forEach(([path, content]) =>
        disk.addFile(clean(path), content));
    const input = encoder.encode(stdin);
    const open = [{ file: { data: input, size: input.length }, at: 0 },
                  { out: 1 }, { out: 2 }, { folder: '' }];

    let memory;
    const view = () => new DataView(memory.buffer);
    const bytes = (at, n) => new Uint8Array(memory.buffer, at, n);
    const path = (at, n) => clean(decoder.decode(bytes(at, n)));

    // Pairs of pointer and length, as readv() and writev() have them.
    function* vectors(at, count) {
        for (let i = 0; i < count; i++, at += 8)
            yield bytes(view().getUint32(at, true),
                        view().getUint32(at + 4, true));
    }

    function stringList(list) {
        const encoded = list.map(text => encoder.encode(text + '\0'));
        return {
            sizes(count, size) {
                view().setUint32(count, encoded.length, true);
                view().setUint32(size, encoded.reduce((n, b) => n + b.length, 0),
                                 true);
                return OK;
            },
            get(pointers, to) {
                for (const text of encoded) {
                    view().setUint32(pointers, to, true);
                    bytes(to, text.length).set(text);
                    pointers += 4;
                    to += text.length;
                }
                return OK;
            },
        };
    }
    const argv = stringList(args);
    const environ = stringList(
        Object.entries(env).map(([name, value]) => `${name}=${value}`));

    const DIRECTORY = 3, REGULAR = 4, CHARACTERS = 2;
    function stat(at, kind, size) {
        bytes(at, 64).fill(0);
        view().setUint8(at + 16, kind);
        view().setBigUint64(at + 32, BigInt(size), true);
        return OK;
    }

    const imports = {
        args_sizes_get: argv.sizes, args_get: argv.get,
        environ_sizes_get: environ.sizes, environ_get: environ.get,
        proc_exit(code) { throw new Exit(code); },
        sched_yield: () => OK,
        poll_oneoff: () => NOTSUP,
        clock_time_get(clock, precision, to) {
            const ms = clock === 0 ? Date.now() : performance.now();
            view().setBigUint64(to, BigInt(Math.round(ms * 1e6)), true);
            return OK;
        },
        random_get(to, n) {
            for (let i = 0; i < n; i += 65536)
                crypto.getRandomValues(bytes(to + i, Math.min(65536, n - i)));
            return OK;
        },

        // One folder is open from the start: number 3, "/".
        fd_prestat_get(fd, to) {
            if (fd !== 3)
                return BADF;
            view().setUint32(to, 0, true);
            view().setUint32(to + 4, 1, true);
            return OK;
        },
        fd_prestat_dir_name(fd, to) {
            bytes(to, 1)[0] = '/'.charCodeAt(0);
            return OK;
        },

        fd_close(fd) {
            const f = open[fd];
            if (!f)
                return BADF;
            if (f.file && f.path)
                close(f.path, f.file.data.subarray(0, f.file.size));
            open[fd] = undefined;
            return OK;
        },
        fd_renumber(from, to) {
            if (!open[from])
                return BADF;
            open[to] = open[from];
            open[from] = undefined;
            return OK;
        },
        fd_sync: fd => open[fd] ? OK : BADF,
        fd_fdstat_set_flags: () => OK,
        fd_fdstat_get(fd, to) {
            const f = open[fd];
            if (!f)
                return BADF;
            const rights = (1n << 30n) - 1n;
            bytes(to, 24).fill(0);
            view().setUint8(to, f.out ? CHARACTERS
                              : f.folder !== undefined ? DIRECTORY : REGULAR);
            view().setBigUint64(to + 8, f.out ? 64n : rights, true);
            view().setBigUint64(to + 16, rights, true);
            return OK;
        },
        fd_filestat_get(fd, to) {
            const f = open[fd];
            if (!f)
                return BADF;
            return f.file ? stat(to, REGULAR, f.file.size)
                          : stat(to, f.out ? CHARACTERS : DIRECTORY, 0);
        },
        fd_seek(fd, by, whence, to) {
            const f = open[fd];
            if (!f?.file)
                return f?.out ? SPIPE : BADF;
            const at = Number(by) + [0, f.at, f.file.size][whence];
            if (at < 0)
                return INVAL;
            f.at = at;
            view().setBigUint64(to, BigInt(at), true);
            return OK;
        },
        fd_read(fd, list, count, to) {
            const f = open[fd];
            if (!f?.file)
                return BADF;
            let all = 0;
            for (const room of vectors(list, count)) {
                const end = Math.min(f.file.size, f.at + room.length);
                const part = f.file.data.subarray(f.at, end);
                room.set(part);
                f.at += part.length;
                all += part.length;
            }
            view().setUint32(to, all, true);
            return OK;
        },
        fd_write(fd, list, count, to) {
            const f = open[fd];
            if (!f || f.folder !== undefined)
                return BADF;
            let all = 0;
            for (const part of vectors(list, count)) {
                all += part.length;
                if (f.out && part.length)
                    write(f.out, part.slice());
                if (f.out)
                    continue;
                if (f.append)
                    f.at = f.file.size;
                writeAt(f.file, f.at, part);
                f.at += part.length;
            }
            view().setUint32(to, all, true);
            return OK;
        },

        path_open(at, look, from, n, flags, rights, inherited, fdflags, to) {
            const CREATE = 1, FOLDER = 2, EXCLUSIVE = 4, TRUNCATE = 8, APPEND = 1;
            const name = path(from, n);
            let file = disk.entries.get(name);
            if (file === undefined) {
                if (!(flags & CREATE)
                    || disk.entries.get(folderOf(name)) !== null)
                    return NOENT;
                disk.entries.set(name, file = { data: new Uint8Array, size: 0 });
            } else if (flags & EXCLUSIVE)
                return EXIST;
            else if (file && flags & FOLDER)
                return NOTDIR;
            else if (file && flags & TRUNCATE)
                file.size = 0;
            let fd = 4;
            while (open[fd])
                fd++;
            open[fd] = file ? { file, path: name, at: 0, append: fdflags & APPEND }
                            : { folder: name };
            view().setUint32(to, fd, true);
            return OK;
        },
        path_create_directory(at, from, n) {
            const name = path(from, n);
            if (disk.entries.has(name))
                return EXIST;
            disk.entries.set(name, null);
            return OK;
        },
        path_filestat_get(at, look, from, n, to) {
            const file = disk.entries.get(path(from, n));
            if (file === undefined)
                return NOENT;
            return file ? stat(to, REGULAR, file.size) : stat(to, DIRECTORY, 0);
        },
        path_rename(a, from, n, b, to, m) {
            const old = path(from, n), file = disk.entries.get(old);
            if (!file)
                return file === null ? ISDIR : NOENT;
            disk.entries.delete(old);
            disk.entries.set(path(to, m), file);
            close(path(to, m), file.data.subarray(0, file.size));
            return OK;
        },
        path_link(a, look, from, n, b, to, m) {
            const file = disk.entries.get(path(from, n)), name = path(to, m);
            if (!file)
                return NOENT;
            if (disk.entries.has(name))
                return EXIST;
            disk.entries.set(name, file);
            return OK;
        },
        path_readlink: () => INVAL,
        path_unlink_file(at, from, n) {
            const name = path(from, n), file = disk.entries.get(name);
            if (!file)
                return file === null ? ISDIR : NOENT;
            disk.entries.delete(name);
            return OK;
        },
        path_remove_directory(at, from, n) {
            const name = path(from, n);
            if (disk.entries.get(name) !== null)
                return disk.entries.has(name) ? NOTDIR : NOENT;
            for (const other of disk.entries.keys())
                if (other.startsWith(name + '/'))
                    return NOTEMPTY;
            disk.entries.delete(name);
            return OK;
        },
    };

    const instance = await WebAssembly.instantiate(
        module, { wasi_snapshot_preview1: imports });
    memory = instance.exports.memory;
    let code = 0, trap = null;
    try {
        instance.exports._start();
    } catch (error) {
        if (error instanceof Exit)
            code = error.code;
        else
            trap = error;
    }
    return { code, trap, files: disk.contents(), instance };
}
