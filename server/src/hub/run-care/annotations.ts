/**
 * Labels, notes and archived runs, kept as JSON in the logdir, where every hub of it finds them. What another version or a
 * person wrote into the file is kept as far as it can be read.
 */
import { isUtf8 } from 'node:buffer';
import { parseJson } from '@convscope/shared/event-log/bounded-json.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { RUN_ACTION_LIMITS, type RunAnnotation } from '@convscope/shared/protocol/run-actions.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { z } from '@convscope/shared/zod.js';
import { OWN_FOLDER } from '../../storage/own-folder.js';
import type { LogStorage } from '../../storage/storage.js';
import { joined, placeOf, readWhole } from './places.js';

const FILE = 'runs.json';
const FILE_BYTES = 16 * 1024 * 1024;
/** Runs of one file whose labels and notes are shown: more than a logdir may hold. */
const MOST_RUNS = 20_000;
/** JSON takes far more memory when it is parsed than its text. An entry has four values; others may have added some. */
const BOUNDS = { bytes: FILE_BYTES, levels: 32, items: 250_000, stringLength: FILE_BYTES };
/** How often the files are looked at, since another hub or a person may change them. */
const LOOK_EVERY_MS = 2_000;

const textOf = (length: number) => z.catch(z.optional(z.string().check(z.maxLength(length))), undefined);
const entrySchema = z.object({
  label: textOf(RUN_ACTION_LIMITS.labelLength),
  note: textOf(RUN_ACTION_LIMITS.noteLength),
  archived: z.catch(z.optional(z.literal(true)), undefined),
});
// Entries are read one by one, since there may be many of them.
const fileSchema = z.looseObject({ runs: z.custom<Record<string, unknown>>(isObject) });

/** A file as it was read, with all that it holds. */
interface Kept {
  readonly members: Readonly<Record<string, unknown>>;
  readonly runs: ReadonlyMap<string, unknown>;
}

const NOTHING: Kept = { members: { version: 1 }, runs: new Map() };

export interface Annotations {
  /** By run. */
  readonly all: ReadonlyMap<string, RunAnnotation>;
  /** Changes what is said of runs. @throws StorageError, or an error with a sentence */
  change(runs: readonly string[], change: AnnotationChange): Promise<void>;
  close(): Promise<void>;
}

/** Null removes what is there. */
export interface AnnotationChange {
  readonly label?: string | null | undefined;
  readonly note?: string | null | undefined;
  readonly archived?: boolean | undefined;
}

export function createAnnotations(options: {
  readonly storage: LogStorage;
  readonly changed: (all: ReadonlyMap<string, RunAnnotation>) => void;
  readonly log: (sentence: string) => void;
  readonly lookEveryMs?: number | undefined;
}): Annotations {
  const { storage, changed, log } = options;
  const said = new Set<string>();
  /** By place: what was read, and of which state of the file. */
  const kept = new Map<string, { readonly stamp: string; readonly content: Kept }>();
  let all: ReadonlyMap<string, RunAnnotation> = new Map();
  /** What `all` was made of, by place. */
  let looked: readonly Kept[] = storage.places.map(() => NOTHING);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Changes and looks come one after the other. */
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };
  const sayOnce = (sentence: string) => {
    if (!said.has(sentence)) log(sentence);
    said.add(sentence);
  };

  async function readPlace(place: string): Promise<Kept> {
    const path = pathIn(place);
    const file = await storage.stat(path);
    const stamp = file === null ? '' : `${file.identity} ${file.size} ${file.modified}`;
    const before = kept.get(place);
    if (before?.stamp === stamp) return before.content;
    const bytes = file === null ? null : await readWhole(storage, path, FILE_BYTES);
    const where = storage.locate(path);
    const read = bytes === null ? `${where} is longer than ${FILE_BYTES} bytes.` : parse(bytes, where);
    if (file !== null && typeof read === 'string')
      sayOnce(`${read} The labels and notes in it are not shown.`);
    const content = typeof read === 'string' ? NOTHING : read;
    kept.set(place, { stamp, content });
    return content;
  }

  async function look(): Promise<void> {
    const contents: Kept[] = [];
    for (const place of storage.places) contents.push(await readPlace(place));
    if (contents.every((content, at) => content === looked[at])) return;
    const next = new Map<string, RunAnnotation>();
    const budget = new TimeBudget();
    for (const [at, place] of storage.places.entries()) {
      const { runs } = contents[at]!;
      let left = MOST_RUNS;
      for (const [run, entry] of runs) {
        if (left-- === 0) break;
        const annotation = annotationOf(entry);
        if (Object.keys(annotation).length > 0) next.set(joined(place, run), annotation);
        await budget.rest();
      }
      if (runs.size > MOST_RUNS)
        sayOnce(
          `${storage.locate(pathIn(place))} is about ${runs.size} runs. Labels and notes of the first ${MOST_RUNS} are shown.`,
        );
    }
    if (closed) return;
    looked = contents;
    all = next;
    changed(all);
  }

  async function changePlace(
    place: string,
    paths: readonly string[],
    change: AnnotationChange,
  ): Promise<void> {
    const path = pathIn(place);
    kept.delete(place);
    await setAside(path);
    const content = await readPlace(place);
    const runs = new Map(content.runs);
    for (const run of paths) {
      const entry = changedEntry(runs.get(run), change);
      if (Object.keys(entry).length === 0) runs.delete(run);
      else runs.set(run, entry);
    }
    const text = `${JSON.stringify({ ...content.members, runs: Object.fromEntries(runs) }, null, 2)}\n`;
    const bytes = Buffer.from(text);
    if (bytes.length > FILE_BYTES)
      throw new Error(
        `The labels and notes of ${storage.locate(place)} would be longer than ${FILE_BYTES} bytes.`,
      );
    await storage.makeDirectory(joined(place, OWN_FOLDER));
    await storage.replaceFile(path, bytes);
  }

  /** A file that cannot be read is kept under another name, so that nothing of it is lost. */
  async function setAside(path: string): Promise<void> {
    const file = await storage.stat(path);
    if (file === null) return;
    const bytes = await readWhole(storage, path, FILE_BYTES);
    if (bytes !== null && typeof parse(bytes, path) !== 'string') return;
    for (let number = 1; number < 1000; number++)
      if ((await storage.moveFile(path, `${path}.unreadable-${number}`)) !== 'taken') return;
  }

  function schedule(): void {
    timer = setTimeout(() => {
      void inTurn(look)
        .catch((error: unknown) =>
          sayOnce(`The labels and notes of runs cannot be read (${messageOf(error)}).`),
        )
        .finally(() => {
          if (!closed) schedule();
        });
    }, options.lookEveryMs ?? LOOK_EVERY_MS).unref();
  }

  void inTurn(look).catch((error: unknown) =>
    sayOnce(`The labels and notes of runs cannot be read (${messageOf(error)}).`),
  );
  schedule();

  return {
    get all() {
      return all;
    },
    change: (runs, change) =>
      inTurn(async () => {
        const byPlace = new Map<string, string[]>();
        for (const run of runs) {
          const at = placeOf(storage, run);
          if (at !== null) byPlace.set(at.place, [...(byPlace.get(at.place) ?? []), at.path]);
        }
        for (const [place, paths] of byPlace) await changePlace(place, paths, change);
        await look();
      }),
    async close() {
      closed = true;
      clearTimeout(timer);
      await turn;
    },
  };
}

function pathIn(place: string): string {
  return joined(place, `${OWN_FOLDER}/${FILE}`);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the file holds, or what is wrong with it, as a sentence. */
function parse(bytes: Uint8Array, what: string): Kept | string {
  if (!isUtf8(bytes)) return `${what} is not UTF-8.`;
  let content: unknown;
  try {
    content = parseJson(bytes, what, BOUNDS);
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return error.message;
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) return `${what} holds no labels and notes.`;
  const { runs, ...members } = parsed.data;
  return { members, runs: new Map(Object.entries(runs)) };
}

function annotationOf(entry: unknown): RunAnnotation {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) return {};
  const { label, note, archived } = parsed.data;
  return { ...(label ? { label } : {}), ...(note ? { note } : {}), ...(archived ? { archived } : {}) };
}

/** What else is in an entry stays there. */
function changedEntry(entry: unknown, change: AnnotationChange): Record<string, unknown> {
  const next: Record<string, unknown> = isObject(entry) ? { ...(entry as object) } : {};
  for (const name of ['label', 'note', 'archived'] as const) {
    const value = change[name];
    if (value === undefined) continue;
    if (value === null || value === '' || value === false) delete next[name];
    else next[name] = value;
  }
  return next;
}
