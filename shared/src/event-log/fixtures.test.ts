import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RecordOf, RunRecord } from '../run-record.js';
import { createEventDecoder, decodeEvent } from './decode-event.js';
import { createFrameReader } from './frame-reader.js';

/** One value as TensorBoard's own reader returned it; the fields depend on the plugin. */
interface ExpectedEvent {
  step: number;
  wall_time: number;
  value?: number | string;
  width?: number;
  height?: number;
  images?: { sha256: string }[];
  buckets?: number[][];
  strings?: string[];
  strings_sha256?: string[];
  shape?: number[];
  dtype?: string;
  values?: (number | string)[];
  hparams_plugin_data?: {
    experiment?: unknown;
    sessionStartInfo?: { hparams: Record<string, string | number | boolean> };
    sessionEndInfo?: unknown;
  };
}
interface ExpectedRun {
  files: { name: string }[];
  tags: Record<string, { plugin: string; encoding: string; events: ExpectedEvent[] }>;
}

const root = new URL('./fixtures/events/', import.meta.url);
const json = (fixture: string) => JSON.parse(readFileSync(new URL(`${fixture}/expected.json`, root), 'utf8'));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const number = (value: number | string) => Number(value);

interface ReadRecord {
  record: RunRecord;
  /** The same value decoded from its event alone, given its kind. */
  alone: RunRecord | undefined;
}

/** Every record of a run by tag, files in name order. */
function readRun(
  fixture: string,
  run: string,
  files: readonly { name: string }[],
): Map<string, ReadRecord[]> {
  const byTag = new Map<string, ReadRecord[]>();
  for (const file of files) {
    const bytes = readFileSync(
      new URL(`${encodeURIComponent(fixture)}/${encodeURI(run)}/${file.name}`, root),
    );
    const decoder = createEventDecoder();
    const reader = createFrameReader({
      onEvent: (data) => {
        for (const [index, value] of decoder.decodeEvent(data).values.entries()) {
          const record = value.toRecord();
          expect(record.kind).toBe(value.kind);
          if (record.kind === 'scalar') expect(value.scalar).toBe(record.value);
          const alone = decodeEvent(data, { kindOf: () => value.kind }).values[index]?.toRecord();
          byTag.set(value.tag, [...(byTag.get(value.tag) ?? []), { record, alone }]);
        }
      },
      onGap: (gap) => expect.fail(`no gap is expected: ${gap.reason}`),
    });
    reader.push(new Uint8Array(bytes));
    reader.finish();
    expect(reader.pendingBytes).toBe(0);
  }
  return byTag;
}

function compare(record: RunRecord, expected: ExpectedEvent, plugin: string): void {
  expect([Number(record.step), record.wallTime]).toEqual([expected.step, expected.wall_time]);
  switch (record.kind) {
    case 'scalar':
      expect(record.value).toBe(number(expected.value!));
      return;
    case 'image':
      expect([record.width, record.height]).toEqual([expected.width, expected.height]);
      expect(record.images.map(sha256)).toEqual(expected.images!.map((image) => image.sha256));
      return;
    case 'histogram': {
      const wanted = expected.buckets!.flat().map(number);
      // TensorBoard rounds those of the old form to float32.
      const found = [...record.buckets].map((value, at) =>
        wanted[at] === Math.fround(value) ? wanted[at] : value,
      );
      expect(found).toEqual(wanted);
      return;
    }
    case 'text':
      expect(record.shape).toEqual(expected.shape);
      expect(record.strings).toEqual(expected.strings);
      return;
    case 'tensor':
      expect(record.shape).toEqual(expected.shape);
      expect(record.dtype).toBe(expected.dtype);
      expect([...record.values!]).toEqual(expected.values!.map(number));
      return;
    case 'hparams': {
      const data = expected.hparams_plugin_data!;
      if (record.part === 'session-start') expect(record.values).toEqual(data.sessionStartInfo!.hparams);
      if (record.part === 'experiment') expect(data.experiment).toBeDefined();
      if (record.part === 'session-end') expect(data.sessionEndInfo).toBeDefined();
      return;
    }
    case 'other':
      expect(record.plugin).toBe(plugin);
      return;
    default:
      expect.fail(`a foreign file holds a ${record.kind}`);
  }
}

const KIND: Record<string, RunRecord['kind']> = {
  scalars: 'scalar',
  images: 'image',
  histograms: 'histogram',
  text: 'text',
  hparams: 'hparams',
  tensor: 'tensor',
  // Numbers of an unknown plugin are read as well.
  no_such_plugin: 'tensor',
};

for (const fixture of readdirSync(root).filter((name) => name !== 'damaged' && name !== 'torch-tensors')) {
  describe(fixture, () => {
    const runs: Record<string, ExpectedRun> = json(fixture).runs;
    for (const [run, { files, tags }] of Object.entries(runs)) {
      it(`run ${run} reads as TensorBoard reads it`, () => {
        const found = readRun(fixture, run, files);
        expect([...found.keys()].filter((tag) => !tag.startsWith('__')).sort()).toEqual(
          Object.keys(tags).sort(),
        );
        for (const [tag, { plugin, events }] of Object.entries(tags)) {
          const records = found.get(tag)!;
          expect(records.length).toBe(events.length);
          for (const [index, event] of events.entries()) {
            const { record, alone } = records[index]!;
            expect([tag, record.kind]).toEqual([tag, KIND[plugin] ?? 'other']);
            compare(record, event, plugin);
            // An event that is decoded alone gives the same record, except for the name of a plugin that it lacks.
            const named = record.kind === 'other' || record.kind === 'tensor';
            expect(alone).toEqual(
              named ? { ...record, plugin: (alone as RecordOf<'other'>).plugin } : record,
            );
          }
        }
      });
    }
  });
}

describe('torch-tensors', () => {
  it('reads every dtype and rank that add_tensor writes', () => {
    const tags: Record<string, ExpectedEvent[]> = json('torch-tensors').tags;
    const found = readRun('torch-tensors', '.', [{ name: 'events.out.tfevents.1700000000.testhost.1.0' }]);
    expect([...found.keys()].sort()).toEqual(Object.keys(tags).sort());
    for (const [tag, events] of Object.entries(tags)) {
      const records = found.get(tag)!;
      expect(records.length).toBe(events.length);
      for (const [index, event] of events.entries()) {
        const { record } = records[index]!;
        expect(record).toMatchObject({ kind: 'tensor', plugin: 'tensor' });
        compare(record, event, 'tensor');
      }
    }
  });
});

describe('torch-graph', () => {
  it('keeps the graph unchanged and names its plugin', () => {
    const { files } = json('torch-graph').runs['.'] as ExpectedRun;
    const graph = readRun('torch-graph', '.', files).get('__run_graph__')?.[0]?.record as RecordOf<'other'>;
    expect(graph.plugin).toBe('graph_def');
    expect(graph.content.length).toBeGreaterThan(100);
  });
});

describe('torch-purge-step', () => {
  it('reports the step at which a writer restarted', () => {
    const { files } = json('torch-purge-step').runs['.'] as ExpectedRun;
    const starts: number[] = [];
    for (const file of files) {
      const decoder = createEventDecoder();
      const reader = createFrameReader({
        onEvent: (data) => {
          const event = decoder.decodeEvent(data);
          if (event.sessionStart) starts.push(Number(event.step));
        },
        onGap: () => {},
      });
      reader.push(new Uint8Array(readFileSync(new URL(`torch-purge-step/${file.name}`, root))));
    }
    expect(starts).toEqual([6]);
  });
});
