import { messageOf } from '@convscope/shared/message-of.js';
import { isEventFileName } from '../machine/event-file-name.js';
import type { LogStorage } from '../storage/storage.js';

/** Limits of one scan of a logdir, in case it is a home directory. */
export const SEARCH_LIMITS = { depth: 16, directories: 20_000, runs: 5_000 } as const;

/** Number of directories listed at the same time; more would only queue in the thread pool. */
const PARALLEL = 8;

export interface FoundRuns {
  /** Run id → names of its event files, in name order. */
  readonly runs: Map<string, string[]>;
  /** Every directory that was scanned. */
  readonly directories: string[];
  /** Directories that exist but could not be read. What is known of them remains valid. */
  readonly unreadable: Set<string>;
  /** Messages about what was not scanned and why; empty if everything was. */
  readonly notices: string[];
}

/** Finds all directories below the logdir that directly contain an event file. */
export async function findRuns(storage: LogStorage): Promise<FoundRuns> {
  const runs = new Map<string, string[]>();
  const directories: string[] = [];
  const unreadable = new Set<string>();
  const notices = new Set<string>();
  let level = ['.'];
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += PARALLEL) {
      const listed = await Promise.all(level.slice(i, i + PARALLEL).map((path) => look(storage, path)));
      for (const { path, files, below, problem } of listed) {
        directories.push(path);
        if (problem !== null) {
          unreadable.add(path);
          notices.add(`${path} cannot be read (${problem}).`);
        }
        if (files.length > 0) {
          if (runs.size < SEARCH_LIMITS.runs) runs.set(path, files);
          else
            notices.add(
              `The logdir holds more than ${SEARCH_LIMITS.runs} runs; the rest are not shown. Use a subfolder as the logdir.`,
            );
        }
        next.push(...below);
      }
    }
    if (depth + 1 > SEARCH_LIMITS.depth && next.length > 0) {
      notices.add(
        `Directories more than ${SEARCH_LIMITS.depth} levels below the logdir are not searched, such as ${next[0]}.`,
      );
      break;
    }
    const room = SEARCH_LIMITS.directories - directories.length;
    if (next.length > room) {
      notices.add(
        `The logdir has more than ${SEARCH_LIMITS.directories} directories; the rest are not searched. Use a subfolder as the logdir.`,
      );
      next.length = Math.max(0, room);
    }
    level = next;
  }
  return { runs, directories, unreadable, notices: [...notices] };
}

async function look(storage: LogStorage, path: string) {
  const files: string[] = [];
  const below: string[] = [];
  let problem: string | null = null;
  try {
    for (const entry of (await storage.list(path)) ?? []) {
      if (entry.kind === 'directory') below.push(path === '.' ? entry.name : `${path}/${entry.name}`);
      else if (entry.kind === 'file' && isEventFileName(entry.name)) files.push(entry.name);
    }
  } catch (error) {
    problem = messageOf(error);
  }
  // Sort by code units, so that the order is the same on every machine.
  files.sort();
  below.sort();
  return { path, files, below, problem };
}

/** The event files directly in a directory, in name order. @throws if it cannot be read */
export async function findEventFiles(storage: LogStorage, directory: string): Promise<string[]> {
  const entries = (await storage.list(directory)) ?? [];
  return entries
    .filter(({ kind, name }) => kind === 'file' && isEventFileName(name))
    .map(({ name }) => name)
    .sort();
}
