import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import { codeOf } from 'convscope/machine/error-code.js';
import { isEventFileName } from 'convscope/machine/event-file-name.js';

export interface RunLog {
  readonly bytes: Buffer;
  readonly files: number;
  /** Of train/loss, in file order. */
  readonly steps: readonly number[];
  readonly gaps: number;
  /** It has a run's start. */
  readonly begins: boolean;
  /** The reason that the run's end states. */
  readonly end: string | undefined;
}

/** What the run's event file holds; nothing while there is none. */
export function readLog(runDirectory: string): RunLog {
  let names: string[] = [];
  try {
    names = readdirSync(runDirectory).filter(isEventFileName);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const steps: number[] = [];
  let gaps = 0;
  let begins = false;
  let end: string | undefined;
  const bytes = names[0] === undefined ? Buffer.alloc(0) : readFileSync(join(runDirectory, names[0]));
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      for (const value of values) {
        if (value.tag === 'train/loss') steps.push(Number(step));
        const record = value.kind === 'run-end' ? value.toRecord() : undefined;
        if (record?.kind === 'run-end') end = record.end.reason;
        if (value.kind === 'run-start') begins = true;
      }
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(bytes);
  reader.finish();
  return { bytes, files: names.length, steps, gaps, begins, end };
}
