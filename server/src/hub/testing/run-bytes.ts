import { readFileSync } from 'node:fs';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createHparamsEnd, createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, type RunEndReason, type RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';

/** Files that other programs wrote; see the oracles' notes for what each is. */
export const ORACLES = new URL('../../../../shared/src/event-log/fixtures/events/', import.meta.url);

export function oracleBytes(path: string): Buffer {
  return readFileSync(new URL(path, ORACLES));
}

export function oracleJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, ORACLES), 'utf8'));
}

export const TORCH_FILE = 'events.out.tfevents.1700000000.testhost.4242.0';
export const DAMAGED_FILE = 'events.out.tfevents.1700000000.testhost.1.0';

export function frames(...records: RunRecord[]): Buffer {
  return Buffer.concat(records.map((record) => encodeFrame(encodeEvent(record))));
}

/** File version and run start, as every file of ours begins. */
export function runHead(
  runUid: string,
  options: { synthetic?: boolean; wallTime?: number; config?: RunConfig } = {},
): Buffer {
  const wallTime = options.wallTime ?? 1_700_000_000;
  return Buffer.concat([
    encodeFrame(encodeFileVersion(wallTime)),
    frames(
      runStartRecord(
        {
          runUid,
          config: options.config ?? {},
          data: { name: 'synthetic', synthetic: options.synthetic ?? false, classes: ['a', 'b'] },
          statisticsPictures: 64,
          plan: { stepsPerEpoch: 300, totalSteps: 300 },
        },
        wallTime,
      ),
    ),
  ]);
}

/** The hyperparameters of a run, as TensorBoard's hparams plugin logs them. */
export function hparams(values: RunConfig): Buffer {
  return frames(...createHparamsStart(values, [], 'group', 1_700_000_000));
}

/** What a writer of hyperparameters says at the end of a session. */
export function sessionEnd(status: 'success' | 'failure'): Buffer {
  return frames(createHparamsEnd(status, 1_700_000_009));
}

export function scalar(tag: string, step: number, value: number): Buffer {
  return frames({ kind: 'scalar', tag, step, wallTime: 1_700_000_000 + step, value });
}

/** An event in which a writer says that it starts at this step (below 128), as torch does for purge_step. */
export function sessionStart(step: number): Uint8Array {
  return encodeFrame(new Uint8Array([0x10, step, 0x3a, 2, 0x08, 1]));
}

let lastNoise = { seed: 0, bytes: new Uint8Array(0) };

/** Kept until others are asked for: tests write the same ones under many tags, and making them takes as long as all else. */
function noise(seed: number, size: number): Uint8Array<ArrayBuffer> {
  if (lastNoise.seed === seed && lastNoise.bytes.length === size) return lastNoise.bytes;
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed * 2 + 1; i < size; i++) {
    x = Math.imul(x, 1_664_525) + 1_013_904_223;
    bytes[i] = x >>> 24;
  }
  lastNoise = { seed, bytes };
  return bytes;
}

/** An image record with `size` bytes that differ by `seed`, in the place of a PNG. */
export function picture(tag: string, step: number, size: number, seed = step): Buffer {
  return frames({
    kind: 'image',
    tag,
    step,
    wallTime: 1_700_000_000 + step,
    width: 8,
    height: 8,
    images: [noise(seed, size)],
  });
}

export function runEnd(step: number, reason: RunEndReason): Buffer {
  return frames({
    kind: 'run-end',
    tag: RUN_END_TAG,
    step,
    wallTime: 1_700_000_000 + step,
    end: { version: 1, reason, seconds: 1 },
  });
}

/** A run uid out of one hexadecimal digit. */
export function uid(digit: string): string {
  return digit.repeat(32);
}
