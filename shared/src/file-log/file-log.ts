/** A log without a hub: event files that are read once, each folder of them as one run. */
import { formatCount } from '../log-index/format-count.js';
import { IndexRoom } from '../log-index/index-room.js';
import type { RunSet } from '../log-index/run.js';
import { FileRun } from './file-run.js';
import { isEventFileName, type LogFile } from './log-file.js';

/** Of one folder, and of all. */
const FILES_OF_RUN = 20_000;
const FILES = 50_000;
const RUNS = 5000;

export interface FileLog extends RunSet {
  readonly runs: ReadonlyMap<string, FileRun>;
  /** Sentences about what was opened and is not shown. */
  readonly notices: readonly string[];
}

export interface FileLogOptions {
  /** How people know what was opened. */
  readonly name: string;
  readonly files: readonly LogFile[];
  /** The run of the files that lie in no folder. */
  readonly rootRun?: string;
  readonly generation: number;
}

/** Finds the runs. Nothing is read before `read` of a run. */
export function createFileLog({ name, files, rootRun = '.', generation }: FileLogOptions): FileLog {
  const folders = new Map<string, LogFile[]>();
  let others = 0;
  let beyond = 0;
  let taken = 0;
  for (const file of files) {
    const cut = file.path.lastIndexOf('/');
    if (!isEventFileName(file.path.slice(cut + 1))) {
      others++;
      continue;
    }
    const id = cut < 0 ? rootRun : file.path.slice(0, cut);
    const known = folders.get(id);
    if (taken >= FILES || (known ? known.length >= FILES_OF_RUN : folders.size >= RUNS)) {
      beyond++;
      continue;
    }
    taken++;
    if (known) known.push(file);
    else folders.set(id, [file]);
  }
  const room = new IndexRoom();
  const runs = new Map<string, FileRun>();
  for (const [id, ofRun] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const inOrder = ofRun.sort((a, b) => (a.path < b.path ? -1 : 1));
    runs.set(id, new FileRun(id, inOrder, generation, room));
  }
  return {
    name,
    runs,
    notices: noticesOf(others, beyond, runs.size),
    async event(run, file, offset, length) {
      return (await runs.get(run)?.event(file, offset, length)) ?? null;
    },
  };
}

function noticesOf(others: number, beyond: number, runs: number): string[] {
  const notices: string[] = [];
  if (runs === 0)
    notices.push(
      'There is no event file here. TensorBoard’s files have “tfevents” in their names, such as events.out.tfevents.1700000000.host.',
    );
  else if (others > 0)
    notices.push(
      `${formatCount(others)} ${others === 1 ? 'file is not an event file and is' : 'files are not event files and are'} left out.`,
    );
  if (beyond > 0)
    notices.push(
      `${formatCount(beyond)} event files are not read: at most ${formatCount(FILES)} in ${formatCount(RUNS)} folders are, and ${formatCount(FILES_OF_RUN)} of one folder.`,
    );
  return notices;
}
