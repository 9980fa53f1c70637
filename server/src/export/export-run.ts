/** Writes a run as one HTML file that opens without a server. */
import { createWriteStream, existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline as pipe, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportRequest } from '@convscope/shared/export/export-choice.js';
import { type Compress, type ExportSize, exportSize, exportText } from '@convscope/shared/export/one-file.js';
import type { LogFile } from '@convscope/shared/file-log/log-file.js';
import { findRuns } from '../logdir/find-runs.js';
import { logFileOf } from '../logdir/log-file-of.js';
import { createLocalStorage } from '../storage/local-storage.js';
import type { LogStorage } from '../storage/storage.js';

/** Compresses as the exported page reads it. */
export const compress: Compress = (bytes) => {
  const compressed = createGzip();
  // Whoever reads the compressed bytes hears of errors, with which this destroys their stream.
  pipe(Readable.from(bytes, { objectMode: false }), compressed, () => undefined);
  return compressed;
};

export interface ExportedRun {
  readonly run: string;
  readonly files: readonly LogFile[];
}

/** @throws Error with a sentence if the page was not built */
export async function readTemplate(clientDirectory: string): Promise<string> {
  const path = join(clientDirectory, 'one-file.html');
  if (!existsSync(path)) throw new Error(`${path} is missing; build the page with \`npm run build\`.`);
  // Megabytes at once: `readFile` with an encoding decodes piece by piece, in 20 times the time.
  return (await readFile(path)).toString();
}

export interface ExportToFile extends ExportRequest {
  /** The id of a run below `logdir`, or the path of its folder. */
  readonly run: string;
  readonly logdir: string;
  readonly output: string;
  readonly clientDirectory: string;
  /** Is told what the file takes at most, before it is written. */
  readonly sized: (size: ExportSize) => void;
}

/** Returns the number of bytes that were written. @throws Error with a sentence */
export async function exportToFile({
  run: id,
  logdir,
  output,
  clientDirectory,
  sized,
  ...request
}: ExportToFile): Promise<number> {
  const template = await readTemplate(clientDirectory);
  const directory = await folderOf(id, logdir);
  const storage = createLocalStorage(directory);
  try {
    const files = await filesOf(storage);
    if (files.length === 0)
      throw new Error(
        `${directory} holds no event file (a file whose name contains "tfevents"); name one run.`,
      );
    sized(await exportSize({ files, request, template }));
    const run = id === '.' ? basename(directory) : basename(resolve(directory)) === id ? id : nameOf(id);
    await pipeline(exportText({ run, files, request, template, compress }), createWriteStream(output));
    return (await stat(output)).size;
  } finally {
    await storage.close();
  }
}

/** The run below the logdir, else the folder of this path. */
async function folderOf(run: string, logdir: string): Promise<string> {
  for (const path of [join(logdir, run), run]) {
    const info = await stat(path).catch(() => null);
    if (info?.isDirectory()) return realpath(path);
  }
  throw new Error(`There is no run ${run} in ${logdir}, and no folder of this name.`);
}

function nameOf(run: string): string {
  return run.startsWith('/') || run.startsWith('.') ? basename(resolve(run)) : run.replace(/\/+$/, '');
}

/** The event files of the folder itself, not of those below it. */
async function filesOf(storage: LogStorage): Promise<LogFile[]> {
  const { runs } = await findRuns(storage, { filesOfRun: Number.POSITIVE_INFINITY });
  const files: LogFile[] = [];
  for (const name of runs.get('.')?.names ?? []) {
    const file = await logFileOf(storage, name);
    if (file !== null) files.push(file);
  }
  return files;
}
