/** Lists and opens the files beside the event files of a run that other programs show. */
import { formatCount } from '@convscope/shared/log-index/format-count.js';
import type { Beside, FileBeside } from '@convscope/shared/protocol/files-beside.js';
import { OWN_FOLDER } from '../storage/own-folder.js';
import type { LogStorage, StoredEntry, StoredFile } from '../storage/storage.js';
import { PROFILES, PROJECTOR, tracedProcess } from './files-beside.js';
import { type ProjectedTensor, type ProjectorConfig, readProjectorConfig } from './projector-config.js';

const MB = 1024 * 1024;
export const BESIDE_LIMITS = {
  /** Of the text that names embeddings; the rest is not read. */
  configBytes: MB,
  /** Tensors, profiles and traced processes of a run that are listed, the last ones. */
  listed: 500,
  /** Files of a profile, or traces of a process, that are listed. */
  files: 100,
  /** Names of a folder of profiles, or of one profile, and traces of a run that are looked at. */
  names: 10_000,
  /** Read for a listing to count points. */
  countedBytes: 16 * MB,
} as const;

/** Files are read in pieces of this size. */
const PIECE_BYTES = MB;
const LINE_FEED = 10;
const TAB = 9;

export interface BesideListing {
  readonly beside: readonly Beside[];
  readonly problems?: readonly string[];
}

/** A file as it was when it was asked for. */
export interface OpenedBeside {
  /** Its last name. */
  readonly name: string;
  readonly size: number;
  /** Another text after any change of the file. */
  readonly stamp: string;
  /** All its bytes. Fails if it is shortened or replaced meanwhile. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** @param run the folder of a run */
export async function listBeside(storage: LogStorage, run: string): Promise<BesideListing> {
  const problems: string[] = [];
  const embeddings = await listEmbeddings(storage, run, problems);
  const profiles = await listProfiles(storage, run, problems);
  const beside = [...embeddings, ...profiles, ...(await listTraces(storage, run, problems))];
  return { beside, ...(problems.length > 0 ? { problems } : {}) };
}

/** Null if the listing of the run has no file of this path, or there is no such file within the folder of the run. */
export async function openBeside(
  storage: LogStorage,
  run: string,
  path: string,
): Promise<OpenedBeside | null> {
  const isNamed = isProfileFile(path) || isTrace(path) || (await isNamedByConfig(storage, run, path));
  const file = isNamed ? await storage.statWithin(run, path) : null;
  if (file === null) return null;
  const { size, stamp } = file;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, size, stamp, pieces: () => pieces(storage, within(run, path), file) };
}

async function* pieces(
  storage: LogStorage,
  path: string,
  { identity, size }: Pick<StoredFile, 'identity' | 'size'>,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, size - at);
    const bytes = await storage.read(path, identity, at, wanted);
    if (bytes?.length !== wanted)
      throw new Error(`${path} was shortened or replaced while it was being read.`);
    yield bytes;
  }
}

function within(run: string, path: string): string {
  return run === '.' ? path : `${run}/${path}`;
}

function isProfileFile(path: string): boolean {
  const names = path.split('/');
  return path.startsWith(`${PROFILES}/`) && names.length === 4 && names.every(isName);
}

function isTrace(path: string): boolean {
  return !path.includes('/') && isName(path) && tracedProcess(path) !== undefined;
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && name !== OWN_FOLDER && !name.includes('\0');
}

async function isNamedByConfig(storage: LogStorage, run: string, path: string): Promise<boolean> {
  const config = await readConfig(storage, run);
  return config.tensors.some((tensor) => pathsOf(tensor).some((one) => insidePath(one) === path));
}

function pathsOf({ tensor, metadata, sprite, bookmarks }: ProjectedTensor): string[] {
  return [...new Set([tensor, metadata, sprite, bookmarks])].filter((path) => path !== undefined);
}

/** A path of the config below its folder; null if it leads elsewhere. */
function insidePath(path: string): string | null {
  const names = path.split(/[\\/]/).filter((name) => name !== '.');
  return names.length > 0 && names.every(isName) ? names.join('/') : null;
}

async function readConfig(
  storage: LogStorage,
  run: string,
): Promise<ProjectorConfig & { readonly isCut?: boolean }> {
  const file = await storage.statWithin(run, PROJECTOR);
  if (file === null) return { tensors: [] };
  const most = Math.min(file.size, BESIDE_LIMITS.configBytes);
  const bytes = await storage.read(within(run, PROJECTOR), file.identity, 0, most);
  const config = readProjectorConfig(Buffer.from(bytes ?? []).toString());
  return file.size > most ? { ...config, isCut: true } : config;
}

async function listEmbeddings(storage: LogStorage, run: string, problems: string[]): Promise<Beside[]> {
  const { tensors, brokenAt, isCut } = await readConfig(storage, run);
  if (isCut === true)
    problems.push(`${PROJECTOR} is larger than ${BESIDE_LIMITS.configBytes / MB} MB: the rest is not read.`);
  else if (brokenAt !== undefined)
    problems.push(`${PROJECTOR} cannot be read from character ${formatCount(brokenAt)} on.`);
  const listed = lastOf(tensors, 'embeddings', problems);
  const found: Beside[] = [];
  let counted = 0;
  for (const tensor of listed) {
    const files: FileBeside[] = [];
    const own: string[] = [];
    for (const named of pathsOf(tensor)) {
      const path = insidePath(named);
      const file = path === null ? null : await storage.statWithin(run, path);
      if (path !== null && file !== null) files.push({ path, bytes: file.size });
      else own.push(path === null ? `${named} lies elsewhere.` : `${named} is not there, or is a link.`);
    }
    if (tensor.tensor === undefined) own.push('Its values lie in a checkpoint.');
    let shape = tensor.shape;
    const values = files.find(
      ({ path }) => tensor.tensor !== undefined && path === insidePath(tensor.tensor),
    );
    if (shape === undefined && values?.path.endsWith('.tsv') === true) {
      counted += values.bytes;
      if (counted <= BESIDE_LIMITS.countedBytes) shape = await countPoints(storage, run, values.path);
    }
    found.push({
      kind: 'embedding',
      ...nameAndStep(tensor.name),
      ...(shape ? { points: shape[0], dimensions: shape[1] } : {}),
      files,
      ...(own.length > 0 ? { problems: own } : {}),
    });
  }
  return found;
}

/** torch and tensorboardX write the step behind the tag. */
function nameAndStep(name: string): Pick<Beside, 'name' | 'step'> {
  const match = /^(.*):(\d{1,15})$/s.exec(name);
  return match ? { name: match[1]!, step: Number(match[2]) } : { name };
}

/** Lines of a table, and values of its first line. */
async function countPoints(
  storage: LogStorage,
  run: string,
  path: string,
): Promise<readonly [points: number, dimensions: number] | undefined> {
  const file = await storage.statWithin(run, path);
  if (file === null || file.size === 0 || file.size > BESIDE_LIMITS.countedBytes) return undefined;
  let lines = 0;
  let tabs = 0;
  let last = LINE_FEED;
  for await (const piece of pieces(storage, within(run, path), file)) {
    if (lines === 0) {
      const end = piece.indexOf(LINE_FEED);
      tabs += count(piece.subarray(0, end < 0 ? piece.length : end), TAB);
    }
    lines += count(piece, LINE_FEED);
    last = piece[piece.length - 1]!;
  }
  return [lines + (last === LINE_FEED ? 0 : 1), tabs + 1];
}

function count(bytes: Uint8Array, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}

async function listProfiles(storage: LogStorage, run: string, problems: string[]): Promise<Beside[]> {
  const isProfile = ({ name, kind }: StoredEntry) => kind === 'directory' && isName(name);
  const names = await namesIn(storage, within(run, PROFILES), isProfile, 'profiles', problems);
  const found: Beside[] = [];
  for (const name of lastOf(names, 'profiles', problems)) {
    const folder = `${PROFILES}/${name}`;
    const inside: string[] = [];
    let links = 0;
    let rest = 0;
    await storage.list(within(run, folder), (entry) => {
      if (entry.kind === 'directory') return;
      if (entry.kind !== 'file' || entry.linkTo !== undefined) links++;
      else if (inside.length < BESIDE_LIMITS.names) inside.push(entry.name);
      else rest++;
    });
    rest += Math.max(0, inside.length - BESIDE_LIMITS.files);
    const files: FileBeside[] = [];
    for (const file of inside.sort().slice(0, BESIDE_LIMITS.files)) {
      const path = `${folder}/${file}`;
      const there = await storage.statWithin(run, path);
      if (there === null) links++;
      else files.push({ path, bytes: there.size });
    }
    const own: string[] = [];
    if (links > 0) own.push(`Links and what is no file are not given (${formatCount(links)}).`);
    if (rest > 0) own.push(`${formatCount(rest)} more files are not listed.`);
    found.push({ kind: 'profile', name, files, ...(own.length > 0 ? { problems: own } : {}) });
  }
  return found;
}

/** By process, and of each the last ones. */
async function listTraces(storage: LogStorage, run: string, problems: string[]): Promise<Beside[]> {
  const isOfTrace = ({ name, kind }: StoredEntry) => kind === 'file' && isTrace(name);
  const names = await namesIn(storage, run, isOfTrace, 'traces', problems);
  const byProcess = new Map<string, string[]>();
  for (const name of names) {
    const process = tracedProcess(name)!;
    const traces = byProcess.get(process);
    if (traces === undefined) byProcess.set(process, [name]);
    else traces.push(name);
  }
  const found: Beside[] = [];
  for (const [name, traces] of lastOf([...byProcess], 'traced processes', problems)) {
    const rest = Math.max(0, traces.length - BESIDE_LIMITS.files);
    const files: FileBeside[] = [];
    for (const path of traces.slice(rest)) {
      const there = await storage.statWithin(run, path);
      if (there !== null) files.push({ path, bytes: there.size });
    }
    const own = rest > 0 ? [`${formatCount(rest)} earlier traces are not listed.`] : [];
    if (files.length > 0)
      found.push({ kind: 'trace', name, files, ...(own.length > 0 ? { problems: own } : {}) });
  }
  return found;
}

/** The names in a folder of what is wanted and no link, sorted. */
async function namesIn(
  storage: LogStorage,
  folder: string,
  isWanted: (entry: StoredEntry) => boolean,
  what: string,
  problems: string[],
): Promise<string[]> {
  const names: string[] = [];
  let unseen = 0;
  await storage.list(folder, (entry) => {
    if (entry.linkTo !== undefined || !isWanted(entry)) return;
    if (names.length < BESIDE_LIMITS.names) names.push(entry.name);
    else unseen++;
  });
  if (unseen > 0)
    problems.push(
      `${formatCount(unseen)} more ${what} are not looked at: at most ${BESIDE_LIMITS.names} are.`,
    );
  return names.sort();
}

function lastOf<T>(all: readonly T[], what: string, problems: string[]): readonly T[] {
  const rest = all.length - BESIDE_LIMITS.listed;
  if (rest <= 0) return all;
  problems.push(`${formatCount(rest)} earlier ${what} are not listed: at most ${BESIDE_LIMITS.listed} are.`);
  return all.slice(rest);
}
