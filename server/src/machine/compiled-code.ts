/** Keeps the code that V8 compiled of a program's modules, in a file of the user's cache for each program. */

import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { deserialize, serialize } from 'node:v8';
import { threadId } from 'node:worker_threads';
import { userCacheDirectory } from './cache-directory.js';
import { makeFolderSync } from './make-folder.js';

export interface CompiledCode {
  /** SHA-1 of the module's text. V8 itself compares only the length. */
  readonly source: string;
  /** Of `vm.Script.createCachedData`. */
  readonly code: Buffer;
}

const ENDING = '.code';
const DRAFT = '.draft';
const DIGEST_BYTES = 20;
/** A hub's are 2 MB. */
const MOST_BYTES = 32_000_000;
/** Of other installations and versions of Node the latest are kept. */
const MOST_FILES = 32;

/** Where the code of a program is kept, for this version of Node. */
export function compiledCodePath(program: string): string {
  const folder = process.env['NODE_COMPILE_CACHE'] ?? join(userCacheDirectory(), 'compiled-code');
  const id = sha1(Buffer.from(`${program}\n${process.version}\n${process.arch}`)).toString('hex');
  return join(folder, `${id}${ENDING}`);
}

/** By the modules' file names. Nothing if there is no such file, or if it is not whole. */
export function readCompiledCode(path: string): ReadonlyMap<string, CompiledCode> {
  try {
    // Others may have put there what is no file: a FIFO is not waited for.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(file);
      if (!found.isFile() || found.size > MOST_BYTES) return new Map();
      const bytes = readFileSync(file);
      const content = bytes.subarray(DIGEST_BYTES);
      // V8 takes damaged code as it is.
      if (!sha1(content).equals(bytes.subarray(0, DIGEST_BYTES))) return new Map();
      return deserialize(content) as Map<string, CompiledCode>;
    } finally {
      closeSync(file);
    }
  } catch {
    // Without it the program starts as well, only later.
    return new Map();
  }
}

/** Adds to what is kept at `path`, and drops modules that `folder` no longer holds. */
export function addCompiledCode(
  path: string,
  folder: string,
  added: ReadonlyMap<string, CompiledCode>,
): void {
  const all = [...readCompiledCode(path), ...added].filter(([file]) => existsSync(join(folder, file)));
  const content = serialize(new Map(all));
  const draft = `${path}.${process.pid}-${threadId}${DRAFT}`;
  try {
    makeFolderSync(dirname(path), 0o700);
    writeFileSync(draft, Buffer.concat([sha1(content), content]), { mode: 0o600 });
    renameSync(draft, path);
    dropOldest(dirname(path));
  } catch {
    // A cache that cannot be written to makes nothing else fail. What is left of a draft is dropped as other files are.
  }
}

function dropOldest(folder: string): void {
  const files = readdirSync(folder).filter((name) => name.endsWith(ENDING) || name.endsWith(DRAFT));
  if (files.length <= MOST_FILES) return;
  const byAge = files
    .map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(MOST_FILES)) rmSync(path);
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash('sha1').update(bytes).digest();
}
