import { messageOf } from '@convscope/shared/message-of.js';
import type { LogStorage } from '../storage/storage.js';

/** Bounds of one look at a logdir: someone may point it at a home directory. */
export const SEARCH_LIMITS = { depth: 16, directories: 20_000, runs: 5_000 } as const;

/** Directories listed at the same time; more would only queue in the thread pool. */
const PARALLEL = 8;

export interface FoundRuns {
  /** Run id → names of its event files, in name order. */
  readonly runs: Map<string, string[]>;
  /** Every directory that was looked at. */
  readonly directories: string[];
  /** Directories that are there and could not be read; what was known of them still holds. */
  readonly unreadable: Set<string>;
  /** What was not looked at and why, for people; empty when everything was. */
  readonly notices: string[];
}

export function isEventFileName(name: string): boolean {
  return name.includes('tfevents');
}

/** All directories below the logdir that directly hold an event file. A directory that may not be read is named in `notices`. */
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
              `The logdir holds more than ${SEARCH_LIMITS.runs} runs; the others are not shown. Open a folder further down.`,
            );
        }
        next.push(...below);
      }
    }
    if (depth + 1 > SEARCH_LIMITS.depth && next.length > 0) {
      notices.add(
        `Directories deeper than ${SEARCH_LIMITS.depth} below the logdir are not searched, such as ${next[0]}.`,
      );
      break;
    }
    const room = SEARCH_LIMITS.directories - directories.length;
    if (next.length > room) {
      notices.add(
        `The logdir has more than ${SEARCH_LIMITS.directories} directories; the rest is not searched. Open a folder further down.`,
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
  // Code units, so that every machine has the same order.
  files.sort();
  below.sort();
  return { path, files, below, problem };
}

/** The event files that one directory holds directly, in name order. Throws when it cannot be read. */
export async function findEventFiles(storage: LogStorage, directory: string): Promise<string[]> {
  const entries = (await storage.list(directory)) ?? [];
  return entries
    .filter(({ kind, name }) => kind === 'file' && isEventFileName(name))
    .map(({ name }) => name)
    .sort();
}
