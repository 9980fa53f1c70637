/** What the event file of a run holds, read back for tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import type { RunEnd } from '@convscope/shared/run-record.js';

export interface RunLog {
  readonly bytes: Uint8Array;
  /** Event files in the folder; the first is read. */
  readonly files: number;
  /** Of train/loss, in file order. */
  readonly steps: readonly number[];
  readonly gaps: number;
  /** It has a run start. */
  readonly begins: boolean;
  readonly end: RunEnd | undefined;
}

function eventFiles(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.includes('tfevents')) : [];
}

/** The bytes of the run's only event file. @throws when there is none, or more than one */
export function runBytes(directory: string): Uint8Array {
  const files = eventFiles(directory);
  if (files.length !== 1)
    throw new Error(`${directory} holds ${files.length} event files: ${files.join(', ')}`);
  return readFileSync(join(directory, files[0]!));
}

/** Reads the run's event file; an empty log while there is none. */
export function readRunLog(directory: string): RunLog {
  const files = eventFiles(directory);
  const bytes = files[0] === undefined ? new Uint8Array(0) : readFileSync(join(directory, files[0]));
  return { files: files.length, ...readBytes(bytes) };
}

/** Reads the run's only event file. @throws when there is none, or more than one */
export function readOnlyLog(directory: string): RunLog {
  return { files: 1, ...readBytes(runBytes(directory)) };
}

function readBytes(bytes: Uint8Array): Omit<RunLog, 'files'> {
  const steps: number[] = [];
  let gaps = 0;
  let begins = false;
  let end: RunEnd | undefined;
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      for (const value of values) {
        if (value.tag === 'train/loss') steps.push(Number(step));
        if (value.kind === 'run-start') begins = true;
        const record = value.kind === 'run-end' ? value.toRecord() : undefined;
        if (record?.kind === 'run-end') end = record.end;
      }
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(bytes);
  reader.finish();
  return { bytes, steps, gaps, begins, end };
}
