/**
 * Runs on their way to a hub, in the user's cache: `spool/<runUid>/` holds the very event file, and a note of
 * where it is meant to go. What is here survives the process; the next hub of the same logdir takes it over.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const noteSchema = z.object({
  version: z.literal(1),
  runUid: z.string().regex(/^[0-9a-f]{32}$/),
  run: z.string().min(1),
  file: z
    .string()
    .min(1)
    .regex(/^[^/\\]+$/),
  /** Absolute path of the logdir that it is meant for. */
  logdir: z.string().min(1),
});
export type SpoolNote = z.infer<typeof noteSchema>;

export function spoolRoot(cacheDirectory: string): string {
  return join(cacheDirectory, 'spool');
}

export function spoolDirectory(cacheDirectory: string, runUid: string): string {
  return join(spoolRoot(cacheDirectory), runUid);
}

export function lockPath(directory: string): string {
  return join(directory, 'lock');
}

/** Makes the directory (0700) and its note. */
export function writeNote(directory: string, note: SpoolNote): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'spool.json'), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

export interface SpooledRun {
  readonly directory: string;
  readonly note: SpoolNote;
  readonly bytes: number;
}

/**
 * Every run in the spool. One whose note is damaged is named to `skipped` and left alone.
 * @throws when the spool is there and cannot be read
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const runs: SpooledRun[] = [];
  for (const name of names.sort()) {
    const directory = join(root, name);
    try {
      const note = noteSchema.parse(JSON.parse(readFileSync(join(directory, 'spool.json'), 'utf8')));
      const { size } = await stat(join(directory, note.file));
      runs.push({ directory, note, bytes: size });
    } catch (error) {
      skipped(`The spooled run in ${directory} cannot be read and stays there: ${(error as Error).message}`);
    }
  }
  return runs;
}

export async function removeSpool(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
