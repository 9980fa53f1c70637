/** Writes event files for senders. One file, because finding a run's folder, opening and writing share what is open. */

import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { IngestAnswer, IngestOpen, IngestWrite } from '@convscope/shared/protocol/ingest.js';
import { readFileOwner } from '../../logdir/run-uid.js';
import type { LogStorage, MoveOutcome, StoredAppender, StoredEntry } from '../../storage/storage.js';
import { StorageError, type StorageProblem, storageProblemOf } from '../../storage/storage-error.js';
import { fileNameProblem } from './file-name.js';
import { runNameProblem } from './run-name.js';

/** Most bytes of one file that may wait for the disk. A sender that exceeds it does not wait for its answers. */
const WAITING_BYTES = 32 * 1024 * 1024;
/** Most files that senders may have open at the same time. */
const OPEN_FILES = 1024;

/**
 * Writes what senders send into event files. The socket is one caller, the hand-over of spools another.
 *
 * A file is identified by (runUid, file name). Its bytes never change; it only grows, because bytes are written only at
 * its current end. Therefore repeated messages, lost messages, a second sender of the same file, or an old hub that is
 * still shutting down cannot duplicate or corrupt anything: each sender is told the length and continues from there.
 * After a kill -9 during a write, the file contains a prefix of the sender's bytes. Its length on disk is authoritative,
 * and it is never truncated.
 */
export interface IngestStore {
  /**
   * Finds or creates the run's directory and the file in it. If another run has the name, the suffix -2, -3, … is added;
   * the same runUid always gets its own directory again. Every open needs one close.
   */
  open(message: IngestOpen): Promise<IngestAnswer>;
  /**
   * Appends `bytes` if `offset` is the file's length, and answers with the new length. At any other offset nothing is
   * written, and the answer is the length to continue from. Resolves after write() has returned.
   */
  write(message: IngestWrite, bytes: Uint8Array): Promise<IngestAnswer>;
  close(message: Pick<IngestOpen, 'runUid' | 'file'>): Promise<IngestAnswer>;
  /** Whether a sender has a file open. */
  hasSenders(): boolean;
  /** Whether the open file has these bytes at `offset`. */
  holds(message: IngestWrite, bytes: Uint8Array): Promise<boolean>;
  /**
   * Moves a file as `LogStorage.moveFile` does, between two writes. A sender that has it open goes on writing into it, as a
   * process on this machine would.
   */
  moveFile(from: string, to: string): Promise<MoveOutcome>;
}

export interface IngestStoreOptions {
  readonly storage: LogStorage;
  /** Called when the file has grown or has been created. */
  readonly appended: (run: string, file: string) => void;
  /** Called with the number of the run's files that have a sender. */
  readonly senders: (run: string, count: number) => void;
  /** Finds a file of a deleted run, which had this name and is the sender's. Null if there is none. */
  readonly findDeleted?: (
    name: string,
    isOurs: (path: string) => Promise<boolean>,
  ) => Promise<DeletedFile | null>;
}

/** A file in the trash, and the run that it belonged to. */
export interface DeletedFile {
  readonly path: string;
  readonly run: string;
}

interface OpenFile {
  readonly wanted: IngestOpen;
  openings: number;
  run: string;
  /** Where the file is: in the folder of its run, or in the trash. Empty before it was opened. */
  path: string;
  /** null if the file was lost and must be opened again. */
  appender: StoredAppender | null;
  waitingBytes: number;
  /** The last operation on this file. Each operation waits for the previous one. */
  queue: Promise<unknown>;
}

export function createIngestStore(options: IngestStoreOptions): IngestStore & { closeAll(): Promise<void> } {
  const { storage } = options;
  const files = new Map<string, OpenFile>();
  const closing = new Set<Promise<unknown>>();
  /** Names are assigned one at a time. */
  let naming: Promise<unknown> = Promise.resolve();

  const keyOf = (message: { runUid: string; file: string }) => `${message.runUid}/${message.file}`;
  /** New runs go into the first of several logdirs, whose name their ids begin with. */
  const [home = '.'] = storage.places;

  function acknowledge(file: OpenFile, length: number): IngestAnswer {
    return { ok: true, length, run: file.run, path: storage.locate(file.run) };
  }

  function inTurn<T>(file: OpenFile, operation: () => Promise<T>): Promise<T> {
    const result = file.queue.then(operation);
    file.queue = result.catch(() => undefined);
    return result;
  }

  function countSenders(run: string): void {
    let count = 0;
    for (const file of files.values()) if (file.run === run && file.openings > 0) count++;
    options.senders(run, count);
  }

  /** Where the file is or shall be: with its run, in the trash if that was deleted, or in a directory of its own. */
  async function findFile({ wanted }: OpenFile): Promise<DeletedFile> {
    const taken = (run: string) =>
      [...files.values()].some((other) => other.run === run && other.wanted.runUid !== wanted.runUid);
    const { run, isOurs } = await findDirectory(storage, wanted, taken);
    const deleted = isOurs ? null : await options.findDeleted?.(wanted.file, isOfRun(storage, wanted));
    if (deleted) return deleted;
    await storage.makeDirectory(run);
    return { path: `${run}/${wanted.file}`, run };
  }

  /** Opens the file where it belongs now. */
  function openOnDisk(file: OpenFile): Promise<StoredAppender> {
    const opened = naming.then(async () => {
      const { path, run } = await findFile(file);
      const appender = await storage.openForAppend(path);
      const before = file.run;
      file.run = run;
      file.path = path;
      file.appender = appender;
      if (before !== '' && before !== run) countSenders(before);
      return appender;
    });
    naming = opened.catch(() => undefined);
    return opened;
  }

  /** The length on disk. Opens the file again if it was lost. */
  async function currentLength(file: OpenFile): Promise<number> {
    const length = (await (file.appender ?? (await openOnDisk(file))).length()) ?? (await lost(file));
    return length;
  }

  async function lost(file: OpenFile): Promise<never> {
    const path = storage.locate(file.path);
    await closeOnDisk(file);
    throw new StorageError('lost', `${path} was moved or deleted while it was written; it is begun again.`);
  }

  /** Closes the file whatever came of what was done with it last. */
  async function closeOnDisk(file: OpenFile): Promise<void> {
    const { appender } = file;
    file.appender = null;
    await appender?.close();
  }

  async function closeOpening(
    file: OpenFile,
    message: Pick<IngestOpen, 'runUid' | 'file'>,
  ): Promise<IngestAnswer> {
    const key = keyOf(message);
    file.openings--;
    const last = file.openings <= 0 && files.get(key) === file;
    if (last) files.delete(key);
    countSenders(file.run);
    try {
      try {
        return acknowledge(file, await currentLength(file));
      } finally {
        if (last) await closeOnDisk(file);
      }
    } catch (error) {
      return refusal(error, storage, `close ${file.run}/${message.file}`);
    }
  }

  return {
    open(message) {
      const problem = runNameProblem(message.run) ?? fileNameProblem(message.file);
      if (problem) return Promise.resolve({ ok: false, error: problem, retry: false });
      const key = keyOf(message);
      let file = files.get(key);
      if (!file) {
        if (files.size >= OPEN_FILES) {
          return Promise.resolve({
            ok: false,
            error: `${OPEN_FILES} event files are open already; try again later.`,
            retry: true,
          });
        }
        file = {
          wanted: home === '.' ? message : { ...message, run: `${home}/${message.run}` },
          openings: 0,
          run: '',
          path: '',
          appender: null,
          waitingBytes: 0,
          queue: Promise.resolve(),
        };
        files.set(key, file);
      }
      const opening = file;
      opening.openings++;
      return inTurn(opening, async () => {
        try {
          const length = await currentLength(opening);
          countSenders(opening.run);
          options.appended(opening.run, message.file);
          return acknowledge(opening, length);
        } catch (error) {
          opening.openings--;
          if (opening.openings === 0 && files.get(key) === opening) {
            files.delete(key);
            // What failed first is said.
            await closeOnDisk(opening).catch(() => undefined);
          }
          return refusal(error, storage, `open ${message.run}/${message.file}`);
        }
      });
    },

    write(message, bytes) {
      const file = files.get(keyOf(message));
      if (!file) return Promise.resolve(notOpen(message.file));
      if (file.waitingBytes > 0 && file.waitingBytes + bytes.length > WAITING_BYTES) {
        const error = `More than ${WAITING_BYTES} bytes of ${message.file} wait for the disk; wait for the answers.`;
        return Promise.resolve({ ok: false, error, retry: true });
      }
      file.waitingBytes += bytes.length;
      return inTurn(file, async () => {
        try {
          const length = await currentLength(file);
          if (message.offset !== length || bytes.length === 0) return acknowledge(file, length);
          await file.appender!.write(bytes, length);
          return acknowledge(file, length + bytes.length);
        } catch (error) {
          return refusal(error, storage, `write to ${file.run}/${message.file}`);
        } finally {
          file.waitingBytes -= bytes.length;
          // A failed write may have written some of the bytes.
          if (file.appender) options.appended(file.run, message.file);
        }
      });
    },

    close(message) {
      const file = files.get(keyOf(message));
      if (!file) return Promise.resolve(notOpen(message.file));
      const closed = inTurn(file, () => closeOpening(file, message)).finally(() => closing.delete(closed));
      closing.add(closed);
      return closed;
    },

    hasSenders: () => files.size > 0,

    async holds(message, bytes) {
      const file = files.get(keyOf(message));
      if (!file) return false;
      const { path } = file;
      const stored = await storage.stat(path);
      const found = stored && (await storage.read(path, stored.identity, message.offset, bytes.length));
      return found !== null && Buffer.compare(found, bytes) === 0;
    },

    moveFile(from, to) {
      const file = [...files.values()].find(({ path }) => path === from);
      if (file === undefined) return storage.moveFile(from, to);
      return inTurn(file, async () => {
        const outcome = await storage.moveFile(from, to);
        if (outcome !== 'moved') return outcome;
        file.path = to;
        try {
          await closeOnDisk(file);
          file.appender = await storage.openForAppend(to);
        } catch {
          // It has been moved all the same. The next write opens it again, and says what is wrong.
        }
        return outcome;
      });
    },

    async closeAll() {
      const open = [...files.values()];
      files.clear();
      await Promise.all([...closing, ...open.map((file) => inTurn(file, () => closeOnDisk(file)))]);
    },
  };
}

/**
 * The run's directory: the one that contains this runUid, otherwise the first of name, name-2, name-3, … that contains
 * no event file and that no other sender is about to use.
 */
async function findDirectory(
  storage: LogStorage,
  wanted: IngestOpen,
  taken: (run: string) => boolean,
): Promise<{ readonly run: string; readonly isOurs: boolean }> {
  const slash = wanted.run.lastIndexOf('/');
  const parent = slash < 0 ? '.' : wanted.run.slice(0, slash);
  const base = wanted.run.slice(slash + 1);
  const inParent = (name: string) => (parent === '.' ? name : `${parent}/${name}`);

  const occupied = new Set<string>();
  const candidates: StoredEntry[] = [];
  await storage.list(parent, (entry) => {
    const suffix = entry.name.startsWith(base) ? entry.name.slice(base.length) : null;
    if (suffix === '' || (suffix !== null && /^-[1-9]\d{0,5}$/.test(suffix))) candidates.push(entry);
  });
  candidates.sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  // Nothing is written through a link, so what one leads to is not ours.
  for (const { name, kind, linkTo } of candidates) {
    const whose =
      kind === 'directory' && linkTo === undefined && !taken(inParent(name))
        ? await whoseDirectory(storage, inParent(name), wanted)
        : 'other';
    if (whose === 'ours') return { run: inParent(name), isOurs: true };
    if (whose === 'other') occupied.add(name);
  }
  for (let suffix = 1; ; suffix++) {
    const name = suffix === 1 ? base : `${base}-${suffix}`;
    if (!occupied.has(name) && !taken(inParent(name))) return { run: inParent(name), isOurs: false };
  }
}

async function whoseDirectory(
  storage: LogStorage,
  run: string,
  wanted: IngestOpen,
): Promise<'ours' | 'other' | 'nobody'> {
  let found: 'other' | 'nobody' = 'nobody';
  const files: string[] = [];
  try {
    await storage.list(run, ({ kind, name }) => {
      if (kind === 'file' && isEventFileName(name)) files.push(name);
    });
  } catch (error) {
    // A folder that may not be read is not a run of this hub.
    if (storageProblemOf(error) === 'forbidden') return 'other';
    throw error;
  }
  const isOurs = isOfRun(storage, wanted);
  for (const name of files) {
    if (await isOurs(`${run}/${name}`, name)) return 'ours';
    found = 'other';
  }
  return found;
}

/** @returns a function that says whether a file is of the sender's run. `name` is the one that it has, or had. */
function isOfRun(storage: LogStorage, wanted: IngestOpen) {
  return async (path: string, name = wanted.file): Promise<boolean> => {
    const owner = await readFileOwner(storage, path);
    // A file of the same name that ends before its first record was left by a killed process.
    if (owner === 'cut short') return name === wanted.file;
    return owner !== 'other' && owner.runUid === wanted.runUid;
  };
}

function notOpen(file: string): IngestAnswer {
  return { ok: false, error: `${file} is not open on this hub; open it first.`, retry: true };
}

/** The sender may retry if the problem can pass or the user can fix it, but not if the name is impossible. */
function refusal(error: unknown, storage: LogStorage, what: string): IngestAnswer {
  const problem = storageProblemOf(error);
  const message = messageOf(error);
  const sentences: Readonly<Partial<Record<StorageProblem, string>>> = {
    full: `The disk that holds ${storage.root} is full; make room and the run goes on.`,
    'over-quota': `The disk quota for ${storage.root} is used up; make room and the run goes on.`,
    broken: `The disk that holds ${storage.root} reports an error (${message}); the sender keeps its copy and tries again.`,
    'read-only': `${storage.root} is mounted read-only; make it writable and the run goes on.`,
    forbidden: `The hub may not ${what} (${message}); change the permissions and the run goes on.`,
    busy: `The hub has too many files open (${message}); it tries again.`,
    'not-a-directory': `The hub cannot ${what}: ${message}`,
    'name-too-long': `The hub cannot ${what}: the name is too long for this disk.`,
    lost: message,
  };
  const retry = problem !== 'not-a-directory' && problem !== 'name-too-long';
  return { ok: false, error: sentences[problem] ?? `The hub could not ${what}: ${message}`, retry };
}
