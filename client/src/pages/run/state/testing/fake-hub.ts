/** A hub of one run with one conv layer, and a decoder of its events, for tests of the run page's state. */

import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import type { LiveBlob, RunDetail, RunSummary, Watch } from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import { conv2dDescription, runStart } from '@convscope/shared/testing/run-start.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import type { DecodedChannels } from '../../../../decode/decoded.js';
import type { Decoder } from '../../../../decode/decoder.js';
import type {
  ConnectionState,
  EncodedEvent,
  RunList,
  Source,
  SourceListener,
} from '../../../../sources/source.js';
import { FakeScalars } from '../../../../sources/testing/fake-scalars.js';

const range = { min: -1, max: 1, absolute: 1, positive: 1 };

/** An entry of the run list: a live run with captures until step 16. */
export function summary(run: string, change: Partial<RunSummary> = {}): RunSummary {
  return runSummary(run, { state: 'live', lastStep: 16, ...change });
}

const start = runStart({
  model: {
    name: 'one',
    parameters: 1,
    inputShape: [1, 2, 2],
    layers: [
      conv2dDescription({
        kernel: [1, 1],
        padding: [0, 0],
        bias: false,
        inputShape: [1, 2, 2],
        outputShape: [1, 2, 2],
      }),
    ],
  },
  plan: { stepsPerEpoch: 100, totalSteps: 100 },
});

/** The part of a capture's summary that is the same for all captures here. */
const NOTHING_SAID = {
  channels: 1,
  pictures: 1,
  isSingle: false,
  range,
  min: Float32Array.of(-1),
  max: Float32Array.of(1),
  nonFinite: new Uint32Array(1),
  duplicates: [],
};

/** A log of one conv layer: captures at the given steps, tag by tag. */
export class FakeHub {
  readonly listeners = new Set<SourceListener>();
  readonly watches: Watch[] = [];
  readonly credits: string[] = [];
  readonly fetched: number[] = [];
  readonly scalars = new FakeScalars();
  /** What goes wrong the next time that it is asked for. */
  failures: string[] = [];

  constructor() {
    this.scalars.log('a', 'train/loss', [
      [0, 3],
      [8, 2],
      [16, 1],
    ]);
  }

  fail(what: string, sentence: string): void {
    if (!this.failures.includes(what)) return;
    this.failures = this.failures.filter((one) => one !== what);
    throw new Error(sentence);
  }

  /** Steps of each tag. */
  readonly steps: Record<string, number[]> = {
    'conv1/preactivation': [0, 8, 16],
    'conv1/weight': [0, 8, 16],
    'probes/input': [0],
    'convscope/run_start': [0],
  };
  connection: ConnectionState = { status: 'connected', roundTrip: 1 };
  list: RunList = { logdir: './runs', runs: [summary('a')] };

  kindOf(tag: string): string {
    return tag === 'convscope/run_start'
      ? 'run-start'
      : tag === 'conv1/preactivation'
        ? 'channels'
        : 'tensor';
  }

  rowsOf(tag: string, from: number): Uint8Array {
    const steps = this.steps[tag]!.slice(from);
    const bytes = new Uint8Array(steps.length * BLOB_ROW_BYTES);
    const view = new DataView(bytes.buffer);
    steps.forEach((step, row) => {
      // The offset says which tag and row it is.
      const offset = Object.keys(this.steps).indexOf(tag) * 1000 + from + row;
      const place = { step, wallTime: 0, file: 0, offset, length: 4 };
      writeBlobRow(view, row * BLOB_ROW_BYTES, { ...place, replacesFrom: step });
    });
    return bytes;
  }

  source(): Source {
    const hub = this;
    return {
      address: 'hub.test',
      get connection() {
        return hub.connection;
      },
      get list() {
        return hub.list;
      },
      listen: (listener) => {
        hub.listeners.add(listener);
        return () => hub.listeners.delete(listener);
      },
      watch: (watch) => hub.watches.push(watch),
      detail: async (run): Promise<RunDetail> => {
        hub.fail('detail', 'There is no run "a" in ./runs.');
        hub.scalars.generations.set('a', hub.list.runs[0]!.generation);
        return {
          summary: hub.list.runs.find((one) => one.run === run) ?? hub.list.runs[0]!,
          gaps: [],
          tags: [
            { tag: 'train/loss', kind: 'scalar', rows: hub.scalars.count('a', 'train/loss') },
            ...Object.entries(hub.steps).map(([tag, steps]) => ({
              tag,
              kind: hub.kindOf(tag),
              rows: steps.length,
            })),
          ],
        };
      },
      credit: (_run, tag) => hub.credits.push(tag),
      ...hub.scalars.source(),
      indexRows: async ({ tag }, from) => {
        hub.fail('index', 'The hub failed: try again.');
        return hub.rowsOf(tag, from);
      },
      histories: async (_run, _generation, questions) =>
        questions.map(({ tag, from }) => {
          const steps = hub.steps[tag]!.slice(from);
          return Uint8Array.from(steps.flatMap((step) => [...encodeHistoryRow({ step, ...NOTHING_SAID })]));
        }),
      event: async (_run, _generation, { offset }) => {
        hub.fetched.push(offset);
        return Uint8Array.of(offset % 1000);
      },
      async *events(_run, _generation, rows) {
        for (const { offset } of rows) {
          hub.fetched.push(offset);
          yield Uint8Array.of(offset % 1000);
        }
      },
      retry: () => undefined,
      close: () => undefined,
    };
  }

  /** A capture that the trainer makes now: rows of both tags, and what is pushed of them. */
  capture(step: number, pushed: readonly string[] = ['conv1/preactivation', 'conv1/weight']): void {
    for (const tag of ['conv1/preactivation', 'conv1/weight']) {
      const row = this.steps[tag]!.push(step) - 1;
      const common = { run: 'a', generation: 1, tag, kind: this.kindOf(tag) };
      this.tell((listener) => listener.rows?.({ ...common, start: row, bytes: this.rowsOf(tag, row) }));
      const blob: LiveBlob = { ...common, row, bytes: Uint8Array.of(row) };
      if (pushed.includes(tag)) this.tell((listener) => listener.blob?.(blob));
    }
  }

  tell(call: (listener: SourceListener) => void): void {
    for (const listener of this.listeners) call(listener);
  }
}

/** Decodes the bytes of FakeHub, which are the number of the row. */
export const decoder: Decoder = {
  decodePicture: () => undefined,
  async *fetchEvents() {},
  async decode({ event, kind, tag }) {
    if (kind === 'run-start') return { kind: 'run-start', start };
    const value = rowOf(event);
    if (kind === 'tensor') {
      const shape = tag === 'probes/input' ? [1, 1, 2, 2] : [1, 1, 1, 1];
      return {
        kind: 'tensor',
        step: 0,
        shape,
        values: new Float32Array(shape.length === 4 ? 4 : 1).fill(value),
        range,
      };
    }
    return mapsOf(value, [0, 1]);
  },
};

/** The number of the row, which is what the events of FakeHub say. */
export function rowOf(event: EncodedEvent): number {
  if (!(event instanceof Uint8Array)) throw new Error('FakeHub gives the bytes themselves.');
  return event[0]!;
}

/** The capture of a row: every value is the row's number. */
export function mapsOf(row: number, probes: readonly number[]): DecodedChannels {
  const codes = new Uint8Array(4 * probes.length).fill(row);
  const limits = { lo: Float32Array.of(0), hi: Float32Array.of(255) };
  const rest = {
    layer: 'conv1',
    role: 'preactivation',
    marks: undefined,
    statistics: undefined,
    range,
  } as const;
  const pictures = 2;
  return { kind: 'channels', step: row * 8, shape: [1, 2, 2], pictures, probes, codes, ...limits, ...rest };
}
