import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { shortText } from '@convscope/shared/event-log/short-text.js';
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { codeOf } from '../machine/error-code.js';
import { hasWildcard } from './name-pattern.js';

/** Where runs are looked for. */
export interface LogdirPlace {
  /** What the ids of its runs begin with, if the user gave it a name. */
  readonly name: string | null;
  /** Absolute path of a folder. */
  readonly path: string;
  /** What is shown of the folder, level by level: wildcards, or the name of one event file. Absent for all. */
  readonly only?: { readonly kind: 'wildcards' | 'file'; readonly names: readonly string[] };
}

/** Places in the web or in object stores, such as gs://bucket/logs. */
const ADDRESS = /^[a-z][a-z\d+.-]+:\/\//i;
const NAMED = /^(\w[\w. -]*)=(.+)$/s;

/**
 * Understands the text of `--logdir`: a folder, which may be missing, an event file, a path with wildcards, each perhaps
 * with a name in front (`base=DIR`). What exists under the whole text is taken as it is, so a folder `lr=0.1` needs no
 * quoting; of one that does not exist yet, `./lr=0.1` is never read as a name.
 * @throws Error with a sentence if it cannot be one
 */
export function parseLogdir(text: string): LogdirPlace {
  if (text.trim() === '') throw new Error('--logdir is empty; give a folder.');
  const [, name, rest] = kindOf(text) === null && !ADDRESS.test(text) ? (NAMED.exec(text) ?? []) : [];
  return { name: name ?? null, ...parsePath(rest ?? text) };
}

function parsePath(text: string): Omit<LogdirPlace, 'name'> {
  if (ADDRESS.test(text)) {
    throw new Error(
      `The logdir ${text} cannot be opened: only folders of this machine can. Mount it or copy its logs, and give that folder.`,
    );
  }
  const path = resolve(/^~[/\\]/.test(text) && kindOf(text) === null ? join(homedir(), text.slice(2)) : text);
  const kind = kindOf(path);
  if (kind === 'file') {
    if (isEventFileName(basename(path)))
      return { path: dirname(path), only: { kind: 'file', names: [basename(path)] } };
    throw new Error(`The logdir ${text} is a file; give the folder that holds the event files.`);
  }
  if (kind !== null) return { path };
  refuseBelowFile(text, path);
  if (!hasWildcard(text)) return { path };
  const parts = path.split(process.platform === 'win32' ? /[\\/]/ : '/');
  // A folder that exists is itself, whatever its name.
  const first = parts.findIndex(
    (part, at) => hasWildcard(part) && kindOf(parts.slice(0, at + 1).join('/')) === null,
  );
  return {
    path: parts.slice(0, first).join('/') || '/',
    only: { kind: 'wildcards', names: parts.slice(first) },
  };
}

/** @throws Error if a folder can never be at this path, since one above it is a file */
function refuseBelowFile(text: string, path: string): void {
  let above = dirname(path);
  while (kindOf(above) === null && dirname(above) !== above) above = dirname(above);
  if (kindOf(above) === 'file')
    throw new Error(`The logdir ${text} cannot be used: ${above} is a file. Choose another with --logdir.`);
}

function kindOf(path: string): 'folder' | 'file' | null {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Error(
      `The logdir ${shortText(path, 200)} cannot be used (${code}). Choose another with --logdir.`,
    );
  }
}

/** The folder that new runs are written into; undefined if the first place is not a folder. */
export function folderForRuns([first]: readonly LogdirPlace[]): string | undefined {
  return first?.only === undefined ? first?.path : undefined;
}
