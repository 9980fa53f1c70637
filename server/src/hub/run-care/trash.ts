/**
 * Deletes runs, and takes that back. The event files of a run go into a folder of the logdir's trash, under names that no
 * reader takes for event files, beside a note of where they were. The note is written first, so that whatever stops a
 * deletion in the middle, every file is where it was or can be restored. Other files of the run's folder stay.
 */
import { randomBytes } from 'node:crypto';
import { parseJson } from '@convscope/shared/event-log/bounded-json.js';
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { DeletedRun, RunActionResult } from '@convscope/shared/protocol/run-actions.js';
import { z } from '@convscope/shared/zod.js';
import { OWN_FOLDER } from '../../storage/own-folder.js';
import type { LogStorage, StoredEntry } from '../../storage/storage.js';
import { joined, placeOf, readWhole } from './places.js';

const TRASH = `${OWN_FOLDER}/trash`;
const NOTE = 'deleted.json';
const NOTE_BYTES = 16 * 1024 * 1024;
const NOTE_BOUNDS = { bytes: NOTE_BYTES, levels: 8, items: 100_000, stringLength: NOTE_BYTES };
/** A run that is written while it is deleted may get new files; they are looked for so many times. */
const ROUNDS = 3;
/** The folders of the trash that are listed, the newest first. */
const MOST_LISTED = 1_000;
/** Names of folders in the trash: when, and something that no other has. */
const ID = /^\d{10,16}-[0-9a-f]{12}$/;

const noteSchema = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  at: z.number(),
  /** The names that the files had; the file at place `i` is `i` now. */
  files: z.array(z.string().check(z.minLength(1), z.maxLength(1024))),
});
type Note = z.infer<typeof noteSchema>;

export interface Trash {
  /** Moves the event files of a run into the trash. Does not throw. */
  delete(run: string): Promise<RunActionResult>;
  /** Moves them back. Does not throw. */
  restore(id: string): Promise<RunActionResult>;
  list(): Promise<DeletedRun[]>;
  /** The file in the trash that had this name and is the wanted one, and its run; the newest first. */
  find(
    name: string,
    isWanted: (path: string) => Promise<boolean>,
  ): Promise<{ readonly path: string; readonly run: string } | null>;
}

/** @param moveFile as the storage does; what else is to happen at the same time is up to the caller */
export function createTrash(
  storage: LogStorage,
  moveFile: LogStorage['moveFile'],
  now: () => number = () => Date.now() / 1000,
): Trash {
  async function eventFiles(run: string): Promise<StoredEntry[]> {
    const files: StoredEntry[] = [];
    await storage.list(run, (entry) => {
      if (entry.kind === 'file' && isEventFileName(entry.name)) files.push(entry);
    });
    return files;
  }

  async function moveAll(run: string): Promise<string> {
    const at = placeOf(storage, run);
    if (at === null) throw new Error(`${run} lies in none of the logdirs.`);
    const first = await eventFiles(run);
    const linked = first.find(({ linkTo }) => linkTo !== undefined);
    if (linked !== undefined) throw new Error(linkSentence(storage.locate(joined(run, linked.name))));
    if (first.length === 0) throw new Error(`${storage.locate(run)} holds no event files any more.`);
    const id = `${Math.floor(now() * 1000)}-${randomBytes(6).toString('hex')}`;
    const folder = joined(at.place, `${TRASH}/${id}`);
    const note: Note = { run: at.path, at: now(), files: [] };
    const moved: string[] = [];
    try {
      await storage.makeDirectory(folder);
      let files = first;
      for (let round = 0; round < ROUNDS && files.length > 0; round++) {
        note.files.push(...files.map(({ name }) => name));
        await storage.replaceFile(`${folder}/${NOTE}`, Buffer.from(JSON.stringify(note)));
        for (const { name } of files) {
          const number = note.files.indexOf(name);
          const outcome = await moveFile(joined(run, name), `${folder}/${number}`);
          if (outcome === 'no-file') throw new Error(linkSentence(storage.locate(joined(run, name))));
          if (outcome === 'taken') throw new Error(`${storage.locate(folder)} was changed meanwhile.`);
          if (outcome === 'moved') moved.push(name);
        }
        const seen = new Set(note.files);
        files = (await eventFiles(run)).filter(({ name, linkTo }) => !seen.has(name) && linkTo === undefined);
      }
    } catch (error) {
      // What cannot be moved back now stays in the trash with its note, and can be restored later.
      for (const name of moved) {
        await moveFile(`${folder}/${note.files.indexOf(name)}`, joined(run, name)).catch(() => undefined);
      }
      // What went wrong first is said. A folder that stays can be restored or removed later.
      await removeIfEmpty(folder).catch(() => undefined);
      throw error;
    }
    if (!storage.places.includes(run)) await storage.removeEmptyDirectory(run);
    return joined(at.place, id);
  }

  /** Removes a folder of the trash that holds nothing but its note. */
  async function removeIfEmpty(folder: string): Promise<void> {
    let others = 0;
    await storage.list(folder, ({ name }) => {
      if (name !== NOTE) others++;
    });
    if (others > 0) return;
    await storage.removeFile(`${folder}/${NOTE}`);
    await storage.removeEmptyDirectory(folder);
  }

  async function moveBack(place: string, id: string): Promise<string> {
    const folder = joined(place, `${TRASH}/${id}`);
    const note = await noteIn(folder);
    if (note === null) throw new Error('It is not in the trash any more.');
    const run = joined(place, note.run);
    await storage.makeDirectory(run);
    const taken: string[] = [];
    try {
      for (const [number, name] of note.files.entries()) {
        const outcome = await moveFile(`${folder}/${number}`, joined(run, name));
        if (outcome === 'taken' || outcome === 'no-file') taken.push(name);
      }
    } finally {
      // Where nothing could be moved, the folder that was made for it goes.
      if (!storage.places.includes(run)) await storage.removeEmptyDirectory(run);
    }
    if (taken.length > 0)
      throw new Error(
        `${storage.locate(joined(run, taken[0]!))} is there already, so it stays in the trash.`,
      );
    await storage.removeFile(`${folder}/${NOTE}`);
    await storage.removeEmptyDirectory(folder);
    return run;
  }

  async function noteIn(folder: string): Promise<Note | null> {
    const bytes = await readWhole(storage, `${folder}/${NOTE}`, NOTE_BYTES);
    if (bytes === null) return null;
    try {
      const parsed = noteSchema.safeParse(parseJson(bytes, 'The note', NOTE_BOUNDS));
      return parsed.success && isBelow(parsed.data.run) && parsed.data.files.every(isName)
        ? parsed.data
        : null;
    } catch {
      return null;
    }
  }

  /** The folders of deleted runs in a logdir, the newest first. */
  async function foldersIn(place: string): Promise<{ id: string; folder: string; note: Note }[]> {
    const ids: string[] = [];
    await storage.list(joined(place, TRASH), ({ kind, name }) => {
      if (kind === 'directory' && ID.test(name)) ids.push(name);
    });
    const found: { id: string; folder: string; note: Note }[] = [];
    for (const id of ids.sort().reverse().slice(0, MOST_LISTED)) {
      const folder = joined(place, `${TRASH}/${id}`);
      const note = await noteIn(folder);
      if (note !== null) found.push({ id, folder, note });
    }
    return found;
  }

  return {
    async delete(run) {
      try {
        return { run, outcome: 'done', deleted: await moveAll(run) };
      } catch (error) {
        return { run, outcome: 'failed', reason: `${run} was not deleted: ${sentence(error)}` };
      }
    },
    async restore(id) {
      const at = placeOf(storage, id);
      try {
        if (at === null || !ID.test(at.path)) throw new Error('There is no such run in the trash.');
        return { run: await moveBack(at.place, at.path), outcome: 'done' };
      } catch (error) {
        return { run: id, outcome: 'failed', reason: `The run was not restored: ${sentence(error)}` };
      }
    },
    async list() {
      const runs: DeletedRun[] = [];
      for (const place of storage.places) {
        for (const { id, folder, note } of await foldersIn(place)) {
          let files = 0;
          await storage.list(folder, ({ kind, name }) => {
            if (kind === 'file' && /^\d+$/.test(name)) files++;
          });
          if (files > 0)
            runs.push({ deleted: joined(place, id), run: joined(place, note.run), at: note.at, files });
        }
      }
      return runs.sort((a, b) => b.at - a.at);
    },
    async find(name, isWanted) {
      for (const place of storage.places) {
        // What cannot be read now is no reason to keep a sender waiting: its run begins anew then.
        for (const { folder, note } of await foldersIn(place).catch(() => [])) {
          const number = note.files.indexOf(name);
          const path = `${folder}/${number}`;
          if (number >= 0 && (await storage.stat(path)) !== null && (await isWanted(path)))
            return { path, run: joined(place, note.run) };
        }
      }
      return null;
    },
  };
}

function linkSentence(path: string): string {
  return `${path} is a link, and nothing is moved through links; remove it yourself.`;
}

/** Whether a path stays below the logdir. */
function isBelow(path: string): boolean {
  return path === '.' || path.split('/').every(isName);
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

function sentence(error: unknown): string {
  const message = messageOf(error);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
