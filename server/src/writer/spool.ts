/**
 * Runs on their way to a hub, in the user's cache: `spool/<runUid>/` holds the event file, and a note of the logdir and
 * the run that it belongs to. It survives the process; the next hub of the same logdir takes it over.
 */

import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { z } from '@convscope/shared/zod.js';
import { codeOf } from '../machine/error-code.js';
import { readSmallFile } from '../machine/read-small-file.js';

const noteSchema = z.object({
  version: z.literal(1),
  runUid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  run: z.string().check(z.minLength(1)),
  file: z.string().check(z.minLength(1), z.regex(/^[^/\\]+$/)),
  /** Absolute path of the logdir that the run belongs to. */
  logdir: z.string().check(z.minLength(1)),
  /** Offset in the log of the file's first byte, when the hub had the bytes before it and the disk had no room. */
  from: z.optional(z.int().check(z.nonnegative())),
});
export type SpoolNote = z.infer<typeof noteSchema>;

export const NOTE_FILE = 'spool.json';
/** Four times the longest path and the longest name of a run. */
const NOTE_BYTES = 64 * 1024;

export function spoolRoot(cacheDirectory: string): string {
  return join(cacheDirectory, 'spool');
}

export function spoolDirectory(cacheDirectory: string, runUid: string): string {
  return join(spoolRoot(cacheDirectory), runUid);
}

export function lockPath(directory: string): string {
  return join(directory, 'lock');
}

/** Replaces the note whole: a full disk leaves the one that was there. */
export function writeNote(directory: string, note: SpoolNote): void {
  const path = join(directory, NOTE_FILE);
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(note)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export interface SpooledRun {
  readonly directory: string;
  readonly note: SpoolNote;
  readonly bytes: number;
}

/** Prefix of directories that are being removed. */
const REMOVED = '.removed-';

/** A writer creates its lock, file and note together. If the file is still empty after so long, the writer has died. */
const EMPTY_AFTER_MS = 60_000;

/**
 * Lists the runs in the spool. Runs that cannot be read are reported to `skipped` and left alone; runs without a file are
 * removed.
 * @throws Error when the spool exists and cannot be read
 */
export async function listSpool(
  cacheDirectory: string,
  skipped: (sentence: string) => void,
): Promise<SpooledRun[]> {
  const root = spoolRoot(cacheDirectory);
  let names: string[];
  try {
    names = await readdir(root);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const runs: SpooledRun[] = [];
  for (const name of names.sort()) {
    const directory = join(root, name);
    if (name.startsWith(REMOVED)) {
      await rm(directory, { recursive: true, force: true });
      continue;
    }
    try {
      const note = noteSchema.parse(JSON.parse(await readSmallFile(join(directory, NOTE_FILE), NOTE_BYTES)));
      const { size } = await stat(join(directory, note.file));
      runs.push({ directory, note, bytes: size });
    } catch (error) {
      if (await isEmpty(directory)) {
        await removeSpool(directory);
        continue;
      }
      if (await isNew(directory)) continue;
      skipped(`The spooled run in ${directory} cannot be read and stays there: ${messageOf(error)}`);
    }
  }
  return runs;
}

async function isNew(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs < EMPTY_AFTER_MS;
}

async function isEmpty(directory: string): Promise<boolean> {
  if (await isNew(directory)) return false;
  for (const name of (await readdir(directory)).filter(isEventFileName)) {
    if ((await stat(join(directory, name))).size > 0) return false;
  }
  return true;
}

/** Whether the run belongs to this logdir, also when one of the paths is a symbolic link. */
export async function isMeantFor(note: SpoolNote, logdir: string): Promise<boolean> {
  if (note.logdir === logdir) return true;
  const real = (path: string) => realpath(path).catch(() => path);
  return (await real(note.logdir)) === (await real(logdir));
}

/** Renames the directory before deleting it, so that a kill in between leaves no partial run. `listSpool` deletes the rest. */
export async function removeSpool(directory: string): Promise<void> {
  const aside = join(dirname(directory), `${REMOVED}${basename(directory)}-${randomUUID()}`);
  try {
    await rename(directory, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}
