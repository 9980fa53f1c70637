import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from '@convscope/shared/zod.js';
import { codeOf } from './error-code.js';
import { readSmallFile } from './read-small-file.js';

/** More than any holder writes. */
const LOCK_BYTES = 16 * 1024;

/** Who holds a lock. The nonce tells a lock from a later one of the same process. */
const holderSchema = z.object({ pid: z.int(), host: z.string(), nonce: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock and we wait. */
  readonly onWait?: (holder: string) => void;
  /** A lock whose holder gave no sign of life for this long is taken over. */
  readonly staleMilliseconds?: number;
  readonly pollMilliseconds?: number;
  /** Reject with LockHeld at once when somebody alive holds the lock, instead of waiting. */
  readonly noWait?: boolean;
}

/** Somebody alive holds the lock. */
export class LockHeld extends Error {}

export interface HeldLock {
  release(): Promise<void>;
}

async function readHolder(
  path: string,
): Promise<{ text: string; holder: Holder | undefined; age: number } | undefined> {
  try {
    const [text, info] = [await readSmallFile(path, LOCK_BYTES), await stat(path)];
    let holder: Holder | undefined;
    try {
      holder = holderSchema.parse(JSON.parse(text));
    } catch (error) {
      // Half written: its age decides.
      if (!(error instanceof SyntaxError || error instanceof z.core.$ZodError)) throw error;
    }
    return { text, holder, age: Date.now() - info.mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A process that is dead and not yet waited for, as it stays in a container whose first process waits for nobody. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (command) state …": the command may hold anything, also parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch (error) {
    // It is gone by now, or not ours to look at.
    return codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH';
  }
}

/**
 * Takes a dead holder's lock away. Two may try at once: the lock is moved aside first, and put back when what
 * was moved is not what was judged dead.
 */
async function removeStale(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readSmallFile(aside, LOCK_BYTES)) !== judged) {
    try {
      await link(aside, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  await rm(aside, { force: true });
}

/** False when the file exists. A disk that has no room for the text is left without the file. */
async function createWith(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/**
 * One at a time, over processes and over machines that share the folder. The holder touches its file while it
 * works; a lock whose process is gone, or that was not touched for long, is taken over.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<HeldLock> {
  const staleMilliseconds = options.staleMilliseconds ?? 60_000;
  const mine: Holder = { pid: process.pid, host: hostname(), nonce: randomUUID() };
  const text = JSON.stringify(mine);
  await mkdir(dirname(path), { recursive: true });
  let said = false;
  for (;;) {
    options.signal?.throwIfAborted();
    if (await createWith(path, text)) break;
    const other = await readHolder(path);
    if (other === undefined) continue;
    const dead = other.holder?.host === mine.host && !isAlive(other.holder.pid);
    if (dead || other.age > staleMilliseconds) {
      await removeStale(path, other.text);
      continue;
    }
    const holder =
      other.holder === undefined ? 'another process' : `process ${other.holder.pid} on ${other.holder.host}`;
    if (options.noWait) throw new LockHeld(`The lock ${path} is held by ${holder}.`);
    if (!said) {
      said = true;
      options.onWait?.(holder);
    }
    await delay(options.pollMilliseconds ?? 500, undefined, { signal: options.signal });
  }
  const beat = setInterval(() => {
    const now = new Date();
    // A lock that was taken over in spite of us is seen at release; a beat has nobody to tell.
    utimes(path, now, now).catch(() => undefined);
  }, staleMilliseconds / 6);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      const current = await readHolder(path);
      if (current?.text === text) await rm(path, { force: true });
    },
  };
}
