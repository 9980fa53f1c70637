/** Prints the records of a run, or of every run in a logdir. */

import { realpath, stat } from 'node:fs/promises';
import { compressedFile, compressionOf } from '@convscope/shared/event-log/compression.js';
import { createEventReader } from '@convscope/shared/event-log/event-reader.js';
import { FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunRecord, Step } from '@convscope/shared/run-record.js';
import { findRuns } from '../logdir/find-runs.js';
import { codeOf } from '../machine/error-code.js';
import { createLocalStorage } from '../storage/local-storage.js';
import type { LogStorage } from '../storage/storage.js';
import { CSV_HEADING, csvLine } from './csv-line.js';
import { type DumpFilter, type DumpFormat, isFiltered, passesFilter, passesGaps } from './dump-filter.js';
import { type DumpedGap, jsonLine } from './json-line.js';
import { ReplacedRecords } from './replaced-records.js';
import { tableHeading, tableLine } from './table-line.js';

export interface DumpOptions extends DumpFilter {
  /** Receives sentences about what cannot be read, and what is not searched. */
  readonly log?: (sentence: string) => void;
  readonly format: DumpFormat;
  /** Include the numbers of tensors and feature maps. */
  readonly values: boolean;
}

export interface DumpCounts {
  readonly runs: number;
  readonly records: number;
  readonly gaps: number;
  /** Files and folders that could not be read. */
  readonly unread: number;
}

/** How much of a file is read before its lines are written. */
const STRETCH_BYTES = 1 << 20;

/**
 * Writes a line for every record and gap below `directory` that passes the filter: runs and their files in name order, records in file order.
 * Each run is read twice, the first time to find the records that later ones replaced. Memory is bounded by the largest
 * record and 8 bytes per record of a run. A file or folder that cannot be read is named, and the next one is read. `write` is
 * awaited before more is read. If the reader of the lines has gone away (EPIPE), dumping ends without an error.
 * @throws if the directory does not exist or has no event file.
 */
export async function dumpRun(
  directory: string,
  options: DumpOptions,
  write: (line: string) => Promise<void> | void,
): Promise<DumpCounts> {
  const storage = createLocalStorage(await existing(directory));
  const counts = { runs: 0, records: 0, gaps: 0, unread: 0 };
  try {
    const { runs, unreadable, notices } = await findRuns(storage, { filesOfRun: Number.POSITIVE_INFINITY });
    if (runs.size === 0) {
      throw new Error(
        [
          `${directory} holds no event file (a file whose name contains "tfevents"); choose another folder.`,
          ...notices.map(({ sentence }) => sentence),
        ].join(' '),
      );
    }
    counts.unread += unreadable.size;
    for (const { sentence } of notices) options.log?.(sentence);
    if (options.format === 'csv') await write(CSV_HEADING);
    for (const run of [...runs.keys()].sort()) {
      counts.runs++;
      const replaced = new ReplacedRecords();
      const readable: string[] = [];
      for (const file of runs.get(run)!.names) {
        const path = pathOf(run, file);
        try {
          const compression = await readEvents(storage, path, {
            onEvent: (event) => replaced.note(event),
            onGap: () => undefined,
          });
          readable.push(file);
          if (compression !== null) options.log?.(compressedFile(path, compression));
        } catch (error) {
          counts.unread++;
          options.log?.(`${path} cannot be read (${messageOf(error)}).`);
        }
      }
      for (const file of readable) {
        if (options.format === 'table') await write(tableHeading(run, file));
        await dumpFile(storage, run, file, replaced, options, write, counts);
      }
    }
    const hasLines = counts.records > 0 || (counts.gaps > 0 && passesGaps(options));
    if (!hasLines && isFiltered(options))
      options.log?.(`No record of ${directory} has a tag, kind and step that were asked for.`);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
  } finally {
    await storage.close();
  }
  return counts;
}

async function existing(directory: string): Promise<string> {
  try {
    const path = await realpath(directory);
    if ((await stat(path)).isDirectory()) return path;
  } catch (error) {
    throw new Error(`${directory} cannot be read: ${messageOf(error)}`);
  }
  throw new Error(`${directory} is not a folder: pass the folder that holds the event files.`);
}

async function dumpFile(
  storage: LogStorage,
  run: string,
  file: string,
  replaced: ReplacedRecords,
  options: DumpOptions,
  write: (line: string) => Promise<void> | void,
  counts: { records: number; gaps: number },
): Promise<void> {
  const { format, values } = options;
  const passes = passesFilter(options);
  // What was read at once is formatted one by one, since a line may be much longer than its record.
  let lines: (() => string)[] = [];
  let before: { step: Step; wallTime: number } | undefined;
  const add = (record: Exclude<RunRecord, { kind: 'gap' }> | DumpedGap, isReplaced = false): void => {
    lines.push(() => {
      if (format === 'csv') return csvLine(run, record, isReplaced);
      return format === 'json' ? jsonLine(run, record, values, isReplaced) : tableLine(record, isReplaced);
    });
  };
  const addGap = ({ offset, length, reason }: { offset: number; length: number; reason: string }): void => {
    counts.gaps++;
    if (!passesGaps(options)) return;
    const { step = null, wallTime = null } = before ?? {};
    add({ kind: 'gap', file, offset, length, reason, step, wallTime });
  };
  const flush = async (): Promise<void> => {
    const ready = lines;
    lines = [];
    for (const line of ready) await write(line());
  };
  const handlers: EventHandlers = {
    onGap: addGap,
    onEvent(event, data, offset) {
      for (const value of event.values) {
        const isReplaced = replaced.isReplaced(value);
        if (!passes(value, event.step)) continue;
        let record: RunRecord;
        try {
          record = value.toRecord();
        } catch (error) {
          if (!(error instanceof MalformedEventError)) throw error;
          addGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: error.message });
          continue;
        }
        if (record.kind === 'gap') continue;
        counts.records++;
        add(record, isReplaced);
      }
      if (event.values.length > 0) before = { step: event.step, wallTime: event.wallTime };
    },
  };
  await readEvents(storage, pathOf(run, file), handlers, flush);
}

function pathOf(run: string, file: string): string {
  return run === '.' ? file : `${run}/${file}`;
}

type EventHandlers = Pick<Parameters<typeof createEventReader>[0], 'onEvent' | 'onGap'>;

/**
 * @param pause awaited after each stretch of the file
 * @returns what the file is compressed with, if it is
 */
async function readEvents(
  storage: LogStorage,
  path: string,
  handlers: EventHandlers,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<string | null> {
  const reader = createEventReader(handlers);
  const info = await storage.stat(path);
  if (info === null) throw new Error(`${path} was deleted while it was being read; try again.`);
  let compression: string | null = null;
  for (let offset = 0; ; ) {
    const bytes = await storage.read(path, info.identity, offset, STRETCH_BYTES);
    if (bytes === null) throw new Error(`${path} was replaced while it was being read; try again.`);
    if (bytes.length === 0) break;
    if (offset === 0) compression = compressionOf(bytes);
    reader.push(bytes);
    offset += bytes.length;
    await pause();
  }
  reader.finish();
  await pause();
  return compression;
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error));
}
