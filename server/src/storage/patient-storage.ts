/**
 * A storage that may stop answering, such as a network disk whose server is away. A call that gets no answer cannot be ended,
 * and holds one of the few threads of the process for as long. So it is given up after a while, its folder is not asked
 * again before that call has ended, and all other folders go on.
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogStorage, StoredAppender } from './storage.js';
import { StorageError } from './storage-error.js';

/** How long a folder may take to answer. One that took longer gets twice the time that it took, up to the longest. */
const PATIENCE = { firstMs: 2000, longestMs: 60_000 };
const LOOK_EVERY_MS = 250;
/** How late a look may be before it is the process that did not get to run, and not the storage. */
const LATE_MS = 500;
/** Threads for calls to the file system; `server/bin/convscope.js` asks for more than Node's 4. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
/**
 * Calls without an answer after which folders that have not answered since the first of them are asked one at a time, and
 * after which they are not asked.
 */
const MOST_STUCK = { some: THREADS / 2, all: (THREADS * 3) / 4 };
/** How long files may take to close when calls are stuck. */
const CLOSE_MS = 500;

export interface PatientStorage extends LogStorage {
  /** Lets every call fail that has not been answered, and every later one. */
  giveUp(): void;
}

interface Call {
  readonly folder: string;
  since: number;
  isStuck: boolean;
  readonly reject: (error: Error) => void;
}

export function createPatientStorage(storage: LogStorage, patienceMs = PATIENCE.firstMs): PatientStorage {
  const calls = new Set<Call>();
  const writes = new Set<Pick<Call, 'reject'>>();
  /** Calls without an answer, by folder. Of folders that have none, nothing is kept. */
  const stuck = new Map<string, Call>();
  let stuckCalls = 0;
  const patience = new Map<string, number>();
  /** When each folder answered last, in ms, while calls are stuck. */
  const answered = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = 0;
  let isGivenUp = false;

  const unanswered = (folder: string) =>
    new StorageError(
      'no-answer',
      `The folder ${storage.locate(folder)} does not answer. It may lie on a disk that is away; its runs go on when it answers.`,
    );
  const givenUp = () => new StorageError('other', 'The storage has been closed.');

  function refusal(folder: string): Error | null {
    if (isGivenUp) return givenUp();
    if (stuck.size === 0) return null;
    for (const above of [folder, ...foldersAbove(folder)]) if (stuck.has(above)) return unanswered(above);
    if (stuckCalls < MOST_STUCK.some) return null;
    const [first] = stuck.values();
    if ((answered.get(folder) ?? 0) > (first?.since ?? 0)) return null;
    if (stuckCalls < MOST_STUCK.all && calls.size === stuckCalls) return null;
    return new StorageError(
      'no-answer',
      `The folder ${storage.locate(folder)} is not asked while ${stuck.size} others do not answer.`,
    );
  }

  function look(): void {
    const now = performance.now();
    const late = now - lookedAt - LOOK_EVERY_MS;
    lookedAt = now;
    for (const call of calls) {
      if (late > LATE_MS) call.since += late;
      if (call.isStuck || now - call.since < (patience.get(call.folder) ?? patienceMs)) continue;
      call.isStuck = true;
      stuckCalls++;
      stuck.set(call.folder, call);
      call.reject(unanswered(call.folder));
    }
    if (calls.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function finish(call: Call): void {
    const now = performance.now();
    calls.delete(call);
    if (stuck.get(call.folder) === call) stuck.delete(call.folder);
    if (call.isStuck) {
      stuckCalls--;
      patience.set(call.folder, Math.min(PATIENCE.longestMs, 2 * Math.max(patienceMs, now - call.since)));
    }
    if (stuck.size > 0) answered.set(call.folder, now);
    else answered.clear();
  }

  /** @param start the call, which says when it has made progress */
  function ask<T>(folder: string, start: (progress: () => boolean) => Promise<T>): Promise<T> {
    const refused = refusal(folder);
    if (refused !== null) return Promise.reject(refused);
    if (timer === undefined) {
      lookedAt = performance.now();
      timer = setInterval(look, LOOK_EVERY_MS).unref();
    }
    return new Promise((resolve, reject) => {
      const call: Call = { folder, since: performance.now(), isStuck: false, reject };
      calls.add(call);
      const progress = (): boolean => {
        call.since = performance.now();
        return !call.isStuck && !isGivenUp;
      };
      start(progress)
        .finally(() => finish(call))
        .then(resolve, reject);
    });
  }

  /** What is written is not given up: whoever sends it waits by itself. */
  function write<T>(start: () => Promise<T>): Promise<T> {
    return isGivenUp ? Promise.reject(givenUp()) : untilGivenUp(start());
  }

  function untilGivenUp<T>(writing: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = { reject };
      writes.add(call);
      writing.finally(() => writes.delete(call)).then(resolve, reject);
    });
  }

  async function openForAppend(path: string): Promise<StoredAppender> {
    const opening = storage.openForAppend(path);
    try {
      return patientAppender(await untilGivenUp(opening));
    } catch (error) {
      // A file whose opening was given up may still be opened. Nobody waits for what becomes of it.
      opening.then((appender) => appender.close()).catch(() => undefined);
      throw error;
    }
  }

  const patientAppender = (appender: StoredAppender): StoredAppender => ({
    length: () => write(() => appender.length()),
    write: (bytes, offset) => write(() => appender.write(bytes, offset)),
    // A file that is open is closed, also when nothing else is done any more.
    close: () => untilGivenUp(appender.close()),
  });

  return {
    root: storage.root,
    places: storage.places,
    locate: (path) => storage.locate(path),
    list: (directory, visit) =>
      ask(directory, (progress) =>
        storage.list(directory, (entry) => {
          if (progress()) visit(entry);
        }),
      ),
    directoryIdentity: (directory) => ask(directory, () => storage.directoryIdentity(directory)),
    stat: (path) => ask(folderOf(path), () => storage.stat(path)),
    statWithin: (folder, path) => ask(folder, () => storage.statWithin(folder, path)),
    read: (path, ...part) => ask(folderOf(path), () => storage.read(path, ...part)),
    makeDirectory: (directory) => write(() => storage.makeDirectory(directory)),
    replaceFile: (path, bytes) => write(() => storage.replaceFile(path, bytes)),
    moveFile: (from, to) => write(() => storage.moveFile(from, to)),
    removeFile: (path) => write(() => storage.removeFile(path)),
    removeEmptyDirectory: (directory) => write(() => storage.removeEmptyDirectory(directory)),
    openForAppend: (path) => (isGivenUp ? Promise.reject(givenUp()) : openForAppend(path)),
    // The system is asked on the main thread.
    watch: (path, changed) => (refusal(path) === null ? storage.watch(path, changed) : null),
    giveUp() {
      isGivenUp = true;
      for (const call of [...calls, ...writes]) call.reject(givenUp());
    },
    async close() {
      clearInterval(timer);
      const closed = storage.close();
      await (calls.size + writes.size > 0 ? Promise.race([closed, delay(CLOSE_MS)]) : closed);
    },
  };
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

function foldersAbove(folder: string): string[] {
  if (folder === '.') return [];
  const names = folder.split('/');
  return ['.', ...names.slice(1).map((_, i) => names.slice(0, i + 1).join('/'))];
}
