import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { formatCount } from '@convscope/shared/log-index/format-count.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { OWN_FOLDER } from '../storage/own-folder.js';
import type { LogStorage, StoredEntry } from '../storage/storage.js';
import { FilesBeside, isProjectorFile, ownerOfProfiles, tracedProcess } from './files-beside.js';

/** Limits of one scan of a logdir, in case it is a home directory. */
export const SEARCH_LIMITS = { depth: 16, directories: 20_000, runs: 5_000, namedProblems: 20 } as const;

/** Number of directories listed at the same time; more would only queue in the thread pool. */
const PARALLEL = 8;

/** The event files directly in a directory. */
export interface FoundFiles {
  /** In name order. Not all, if there are too many. */
  readonly names: readonly string[];
  /** How many there are. */
  readonly count: number;
  /** Those that are links. */
  readonly links: readonly string[];
}

/** Something that is not shown. */
export interface Notice {
  /** The same each time the same is said, while the sentence may have other numbers. */
  readonly about: string;
  readonly sentence: string;
}

export interface FoundRuns {
  /** By run id. */
  readonly runs: Map<string, FoundFiles>;
  /** Every directory that was scanned. */
  readonly directories: string[];
  /** Directories that exist but could not be read. What is known of them remains valid. */
  readonly unreadable: Set<string>;
  /** Sentences about what lies beside the event files of a run, by run id. */
  readonly beside: ReadonlyMap<string, readonly string[]>;
  /** What was not scanned or is not shown, and why; empty if there is nothing. */
  readonly notices: Notice[];
}

export interface FindOptions {
  /** Most names of files to keep of a run. More are only counted. */
  readonly filesOfRun: number;
  /** Whether a file is kept in any case, because it is followed already. */
  readonly isKnown?: (run: string, file: string) => boolean;
  /**
   * Called when a level of directories has been searched and others follow, with the runs and directories of that level: the
   * levels below may take long.
   */
  readonly onLevel?: (runs: ReadonlyMap<string, FoundFiles>, directories: readonly string[]) => Promise<void>;
}

/** Finds all directories below the logdir that directly contain an event file. */
export async function findRuns(storage: LogStorage, options: FindOptions): Promise<FoundRuns> {
  const runs = new Map<string, FoundFiles>();
  const directories: string[] = [];
  const unreadable = new Map<string, string>();
  const more = { runs: 0, directories: 0 };
  const notices: Notice[] = [];
  const ancestors = new Ancestors(storage);
  const beside = new FilesBeside();
  let level = ['.'];
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    const ofLevel = new Map<string, FoundFiles>();
    for (let i = 0; i < level.length; i += PARALLEL) {
      const looked = await Promise.all(
        level.slice(i, i + PARALLEL).map((path) => look(storage, path, options, ancestors)),
      );
      for (const { path, files, below, belowCount, hasProjector, traces, problem, isThere } of looked) {
        directories.push(path);
        if (!isThere && storage.places.includes(path)) notices.push(missingNotice(storage.locate(path)));
        if (problem !== null) unreadable.set(path, problem);
        if (hasProjector) beside.addProjector(path);
        if (traces !== null) beside.addTraces(path, traces.first, traces.count);
        const owner = ownerOfProfiles(path);
        if (owner !== null) beside.addProfiles(owner, below);
        if (files.count > 0) {
          if (runs.size < SEARCH_LIMITS.runs) {
            runs.set(path, files);
            ofLevel.set(path, files);
          } else more.runs++;
        }
        for (const directory of below) {
          if (directories.length + next.length < SEARCH_LIMITS.directories) next.push(directory);
          else more.directories++;
        }
        more.directories += belowCount - below.length;
      }
    }
    if (next.length > 0) await options.onLevel?.(ofLevel, level);
    if (depth + 1 > SEARCH_LIMITS.depth && next.length > 0) {
      notices.push({
        about: 'depth',
        sentence: `${countOf(next.length, 'folder')} more than ${SEARCH_LIMITS.depth} levels below the logdir ${next.length === 1 ? 'is' : 'are'} not searched, such as ${next[0]}.`,
      });
      break;
    }
    const room = Math.max(0, SEARCH_LIMITS.directories - directories.length);
    more.directories += Math.max(0, next.length - room);
    level = next.slice(0, room);
  }
  if (more.runs > 0)
    notices.push({
      about: 'runs',
      sentence: `${countOf(more.runs, 'run')} of the logdir ${more.runs === 1 ? 'is' : 'are'} not shown: at most ${formatCount(SEARCH_LIMITS.runs)} are. Use a subfolder as the logdir.`,
    });
  if (more.directories > 0)
    notices.push({
      about: 'directories',
      sentence: `${countOf(more.directories, 'folder')} of the logdir, and what is below, ${more.directories === 1 ? 'is' : 'are'} not searched: at most ${formatCount(SEARCH_LIMITS.directories)} are. Use a subfolder as the logdir.`,
    });
  notices.push(...unreadableNotices(unreadable));
  notices.push(...besideNotices(beside, runs));
  const { byFolder } = beside;
  return { runs, directories, unreadable: new Set(unreadable.keys()), beside: byFolder, notices };
}

function missingNotice(folder: string): Notice {
  return {
    about: `missing ${folder}`,
    sentence: `The logdir ${folder} does not exist; its runs appear when it does.`,
  };
}

/** What lies in folders that are not runs. */
function besideNotices({ byFolder }: FilesBeside, runs: ReadonlyMap<string, FoundFiles>): Notice[] {
  const folders = [...byFolder].filter(([folder]) => !runs.has(folder));
  const notices = folders.slice(0, SEARCH_LIMITS.namedProblems).flatMap(([folder, sentences]) =>
    sentences.map((sentence) => ({
      about: `beside ${folder} ${sentence.split(' ', 1)[0]}`,
      sentence: folder === '.' ? sentence : `${folder}/${sentence}`,
    })),
  );
  const rest = folders.length - SEARCH_LIMITS.namedProblems;
  if (rest > 0) {
    const sentence = `${countOf(rest, 'more folder')} without event files ${rest === 1 ? 'holds' : 'hold'} embeddings, profiles or traces.`;
    notices.push({ about: 'beside', sentence });
  }
  return notices;
}

function unreadableNotices(unreadable: ReadonlyMap<string, string>): Notice[] {
  const notices: Notice[] = [];
  for (const [path, problem] of unreadable) {
    if (notices.length === SEARCH_LIMITS.namedProblems) break;
    notices.push({ about: `unreadable ${path}`, sentence: `${path} cannot be read (${problem}).` });
  }
  const rest = unreadable.size - notices.length;
  if (rest > 0) {
    const sentence = `${countOf(rest, 'more folder')} cannot be read.`;
    notices.push({ about: 'unreadable', sentence });
  }
  return notices;
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

interface Looked {
  readonly path: string;
  readonly files: FoundFiles;
  /** Paths of the directories in it, as many as a scan may have. */
  readonly below: string[];
  readonly belowCount: number;
  /** Whether it names embeddings. */
  readonly hasProjector: boolean;
  /** Traces of PyTorch's profiler. */
  readonly traces: Traces | null;
  readonly problem: string | null;
  /** Whether the directory exists. */
  readonly isThere: boolean;
}

interface Traces {
  /** The first by name. */
  readonly first: string;
  readonly count: number;
}

async function look(
  storage: LogStorage,
  path: string,
  options: FindOptions,
  ancestors: Ancestors,
): Promise<Looked> {
  const below: string[] = [];
  const links: StoredEntry[] = [];
  let belowCount = 0;
  let hasProjector = false;
  let traces: Traces | null = null;
  let files: FoundFiles | null = null;
  let problem: string | null = null;
  const add = (name: string) => {
    // The hub's own folder, with the trash.
    if (name === OWN_FOLDER) return;
    belowCount++;
    if (below.length < SEARCH_LIMITS.directories) below.push(path === '.' ? name : `${path}/${name}`);
  };
  try {
    files = await findEventFiles(storage, path, options, (entry) => {
      if (entry.kind === 'file') {
        hasProjector ||= isProjectorFile(entry.name);
        if (entry.linkTo === undefined) traces = withTrace(traces, entry.name);
      } else if (entry.linkTo === undefined) add(entry.name);
      else links.push(entry);
    });
    for (const { name, linkTo } of links) if (!(await ancestors.include(path, linkTo!))) add(name);
  } catch (error) {
    problem = messageOf(error);
  }
  const isThere = files !== null || problem !== null;
  return {
    ...{ path, files: files ?? NO_FILES, below: sorted(below), belowCount },
    ...{ hasProjector, traces, problem, isThere },
  };
}

function withTrace(traces: Traces | null, name: string): Traces | null {
  if (tracedProcess(name) === undefined) return traces;
  if (traces === null) return { first: name, count: 1 };
  return { first: name < traces.first ? name : traces.first, count: traces.count + 1 };
}

const NO_FILES: FoundFiles = { names: [], count: 0, links: [] };

/** The directories above a path, which a link in it may lead back to. As in TensorBoard, such a link is not followed. */
class Ancestors {
  readonly #storage: LogStorage;
  readonly #identities = new Map<string, Promise<string | null>>();

  constructor(storage: LogStorage) {
    this.#storage = storage;
  }

  /** Whether the directory at `path`, or one above it, has this identity. */
  async include(path: string, identity: string): Promise<boolean> {
    for (let at = path; ; at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '.') {
      let known = this.#identities.get(at);
      if (known === undefined) {
        known = this.#storage.directoryIdentity(at);
        this.#identities.set(at, known);
      }
      if ((await known) === identity) return true;
      if (at === '.') return false;
    }
  }
}

/**
 * The event files directly in a directory; null if there is no such directory. Calls back with the directories and other files in it.
 * @throws if it cannot be read
 */
export async function findEventFiles(
  storage: LogStorage,
  directory: string,
  { filesOfRun, isKnown }: FindOptions,
  addOther: (entry: StoredEntry) => void = () => undefined,
): Promise<FoundFiles | null> {
  const names: string[] = [];
  const links: string[] = [];
  let count = 0;
  const isThere = await storage.list(directory, (entry) => {
    const { kind, name, linkTo } = entry;
    if (kind === 'other') return;
    if (kind === 'directory' || !isEventFileName(name)) {
      addOther(entry);
      return;
    }
    count++;
    if (names.length >= filesOfRun && !isKnown?.(directory, name)) return;
    names.push(name);
    if (linkTo !== undefined) links.push(name);
  });
  return isThere ? { names: sorted(names), count, links } : null;
}

/** By code units, so that the order is the same on every machine. */
function sorted(names: string[]): string[] {
  return names.sort();
}

/** Whether the directory or one of its parents is one of `directories`. */
export function isBelowAny(directory: string, directories: ReadonlySet<string>): boolean {
  if (directories.has('.')) return true;
  const parts = directory.split('/');
  return parts.some((_, i) => directories.has(parts.slice(0, i + 1).join('/')));
}
