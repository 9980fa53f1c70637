import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';
import type { Check } from './report.js';

/** With less free space a run may fill the disk: a default run writes up to 400 MB. */
const LITTLE_ROOM_BYTES = 2e9;

export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** Bytes on disk below a path. A file with several hard links is counted once over all calls that share `seen`. */
async function diskBytes(path: string, seen: Set<string>): Promise<number> {
  const info = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    // Another process removed it meanwhile.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (info === undefined) return 0;
  if (!info.isDirectory()) {
    const key = `${info.dev}:${info.ino}`;
    if (info.nlink > 1 && seen.has(key)) return 0;
    seen.add(key);
    return info.size;
  }
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await diskBytes(join(path, name), seen);
  return bytes;
}

/** The size of each part of the cache, in bytes. */
export async function cacheParts(cacheDirectory: string): Promise<Record<string, number>> {
  if (!existsSync(cacheDirectory)) return {};
  const seen = new Set<string>();
  const parts: Record<string, number> = {};
  for (const entry of await readdir(cacheDirectory, { withFileTypes: true })) {
    if (entry.isDirectory()) parts[entry.name] = await diskBytes(join(cacheDirectory, entry.name), seen);
  }
  return parts;
}

/** Checks for runs in the spool, where a sender keeps what the hub has not acknowledged. */
export async function checkSpool(cacheDirectory: string): Promise<Check> {
  const name = 'spool';
  const directory = join(cacheDirectory, 'spool');
  const runs = existsSync(directory)
    ? (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory())
    : [];
  if (runs.length === 0) return { name, status: 'ok', text: 'is empty: every log has reached its hub' };
  const bytes = await diskBytes(directory, new Set());
  return {
    name,
    status: 'note',
    text: `holds ${runs.length === 1 ? 'one run' : `${runs.length} runs`} that no hub has acknowledged in full (${formatBytes(bytes)})`,
    advice:
      'They include any run that is training now; those of earlier processes are sent at the next start.',
  };
}

/** Checks whether runs can be written and how much space is free. Leaves no folder behind. */
export async function checkLogdir(logdir: string): Promise<Check> {
  const name = 'logdir';
  let existing = logdir;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const trial = join(existing, `.convscope-doctor-${randomUUID()}`);
  try {
    if (existing === logdir) await writeFile(trial, '');
    else await mkdir(trial);
  } catch (error) {
    const reason = messageOf(error);
    return {
      name,
      status: 'problem',
      text: `${logdir} cannot be written to: ${reason}`,
      advice: 'Choose another folder with --logdir, or make this one writable.',
    };
  }
  await rm(trial, { recursive: true, force: true });
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const text = `${logdir} ${existing === logdir ? 'can be written to' : 'can be created'}, ${formatBytes(free)} free`;
  if (free < LITTLE_ROOM_BYTES) {
    return { name, status: 'note', text, advice: 'This is little space: free some, or lower --max-log-mb.' };
  }
  return { name, status: 'ok', text };
}
