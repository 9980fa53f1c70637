/** Writers and hubs of one test, what the writers are given, and what of it is on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { afterEach, beforeEach } from 'vitest';
import { type IngestHub, startIngestHub, TOKEN } from '../../hub/testing/ingest-hub.js';
import { createRunWriter, type RunWriterOptions, type StartedRunWriter } from '../create-run-writer.js';
import type { MapsToLog } from '../run-writer.js';
import { eventFile } from './writer-log.js';

export const loss = (step: number): RunRecord => ({
  kind: 'scalar',
  tag: 'train/loss',
  step,
  wallTime: 1_700_000_000 + step,
  value: step,
});

/** A hub recognises the run by it. */
const runStart = (runUid: string): RunRecord => runStartRecord({ runUid });

/** Maps that do not compress well. */
export function maps(step: number, side = 16, tag = 'conv1/preactivation'): MapsToLog {
  let x = step * 2 + 1;
  const values = Float32Array.from({ length: 2 * side * side * 4 }, () => {
    x = Math.imul(x, 1_664_525) + 1_013_904_223;
    return (x >>> 8) / 2 ** 24;
  });
  const shape = { pictures: 2, height: side, width: side, channels: 4 };
  return { tag, layer: 'conv1', role: 'preactivation', step, values, ...shape, probes: [0, 1] };
}

interface Read {
  readonly gaps: number;
  readonly records: { readonly tag: string; readonly step: number; readonly record: RunRecord }[];
}

export function readLog(bytes: Uint8Array): Read {
  const records: Read['records'] = [];
  let gaps = 0;
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      for (const value of values)
        records.push({ tag: value.tag, step: Number(step), record: value.toRecord() });
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(bytes);
  reader.finish();
  return { gaps, records };
}

export const stepsOf = ({ records }: Read, tag: string) =>
  records.filter((record) => record.tag === tag).map(({ step }) => step);
export const counted = (n: number) => Array.from({ length: n }, (_, i) => i);

export let root: string;
export let logdir: string;
export const hubs: IngestHub[] = [];
const writers: StartedRunWriter[] = [];
/** Gives each test of a file a folder of its own. Its writers and hubs are closed after it. */
export function useWriters(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'convscope-writer-'));
    logdir = join(root, 'runs');
  });
  afterEach(async () => {
    await Promise.all(writers.splice(0).map((writer) => writer.close({ acknowledgeWithinMs: 0 })));
    for (const hub of hubs.splice(0)) await hub.close();
    rmSync(root, { recursive: true, force: true });
  });
}

export async function startHub(port = 0): Promise<IngestHub> {
  const hub = await startIngestHub(logdir, port);
  hubs.push(hub);
  return hub;
}
export function write(options: Partial<RunWriterOptions> & { url?: string } = {}): StartedRunWriter {
  const { url, ...rest } = options;
  const writer = createRunWriter({
    name: 'r',
    logdir,
    cacheDirectory: join(root, 'cache'),
    ...(url === undefined ? {} : { hub: { url, token: TOKEN } }),
    ...rest,
  });
  writers.push(writer);
  writer.add(runStart(writer.runUid));
  return writer;
}
export const logged = () => readLog(readFileSync(eventFile(join(logdir, 'r'))));
export const spool = (writer: StartedRunWriter) => join(root, 'cache', 'spool', writer.runUid);
export const spools = () => readdirSync(join(root, 'cache', 'spool'));
