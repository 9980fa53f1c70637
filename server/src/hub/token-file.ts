import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';
import { userCacheDirectory } from '../machine/cache-directory.js';
import { codeOf } from '../machine/error-code.js';
import { readSmallFile } from '../machine/read-small-file.js';

/** A token with room for what an editor adds. */
const TOKEN_BYTES = 1024;

/** Where the ingest token lies: senders that are not given it by CONVSCOPE_INGEST_TOKEN read it there. */
export function ingestTokenPath(): string {
  return join(userCacheDirectory(), 'ingest-token');
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The user's ingest token, made on first use, in a file that only the user can read. It stays the same, so that
 * senders find a restarted hub.
 */
export async function ensureIngestToken(path = ingestTokenPath()): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const known = await readIngestToken(path);
  if (known !== null) {
    await chmod(path, 0o600);
    return known;
  }
  // Written whole beside its place and linked there: two hubs that start at once agree on one.
  const token = newToken();
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `${token}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, path);
    return token;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const other = await readIngestToken(path);
    if (other === null) throw new Error(`The token file ${path} holds no token; delete it and start again.`);
    return other;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The user's ingest token, or when the cache cannot hold it one that no sender knows: runs can be looked at when the disk
 * is full.
 */
export async function ingestTokenIfPossible(
  log: (sentence: string) => void,
  path = ingestTokenPath(),
): Promise<string> {
  try {
    return await ensureIngestToken(path);
  } catch (error) {
    log(
      `The ingest token cannot be kept in ${path} (${messageOf(error)}). The hub shows runs, but other processes cannot send to it.`,
    );
    return newToken();
  }
}

/** null when there is no token file, or none with a token in it. */
export async function readIngestToken(path = ingestTokenPath()): Promise<string | null> {
  try {
    const text = (await readSmallFile(path, TOKEN_BYTES)).trim();
    return /^[\w-]{32,256}$/.test(text) ? text : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
