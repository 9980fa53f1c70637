import { inflateSync } from 'node:zlib';
import { decodePng } from '@convscope/shared/channels/png.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import {
  TOP_SHEET_INDEX_TAG,
  TOP_SHEET_TAG,
  topPicturesOf,
  topPicturesTag,
} from '@convscope/shared/unit-records.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backend, loadBackend } from '../tfjs/backend.js';
import { createRunLog } from '../writer/run-log.js';
import { createTopPicturesKeeper } from './capture/top-pictures-keeper.js';
import { createTopSheet } from './capture/top-sheet.js';
import { syntheticData } from './data/synthetic-data.js';
import { type TrainOptions, trainOptions } from './options.js';
import { type MemoryWriter, memoryWriter } from './testing/memory-writer.js';
import { train } from './train.js';

const data = syntheticData(1, 64, 40);

describe('the top pictures of the channels', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend({ wanted: 'wasm', threads: 1 });
  });

  async function trained(options: Partial<TrainOptions>): Promise<MemoryWriter> {
    const writer = memoryWriter();
    const parsed = trainOptions.parse({ batch: 8, model: 'lenet', steps: 4, captureEvery: 2, ...options });
    const before = backend.tf.memory().numTensors;
    await train(parsed, { backend, data }, writer, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      log: () => undefined,
    });
    expect(backend.tf.memory().numTensors).toBe(before);
    return writer;
  }
  const stepsOf = (writer: MemoryWriter) =>
    writer.of('tensor', topPicturesTag('conv2')).map(({ step }) => step);

  it('are logged with the last evaluation: nine for each channel, with value and place, and what they cost', async () => {
    const writer = await trained({});
    expect(stepsOf(writer)).toEqual([4]);
    const sides = { conv1: 30, conv2: 11 };
    for (const layer of ['conv1', 'conv2'] as const) {
      const [record] = writer.of('tensor', topPicturesTag(layer));
      const [channels = 0] = record!.shape;
      for (let channel = 0; channel < channels; channel++) {
        const found = topPicturesOf(record!.values!, record!.shape, channel);
        expect(new Set(found.map(({ index }) => index)).size).toBe(9);
        const values = found.map(({ value }) => value);
        expect(values).toEqual([...values].sort((a, b) => b - a));
        for (const { index, y, x } of found) {
          expect(index).toBeLessThan(40);
          expect(Math.max(y, x)).toBeLessThan(sides[layer]);
        }
      }
    }
    expect(writer.scalars(SCALAR_TAGS.topPicturesMilliseconds).get(4)).toBeGreaterThan(0);
  });

  it('are the pictures whose maps have these values at these places', async () => {
    const writer = await trained({});
    const [record] = writer.of('tensor', topPicturesTag('conv1'));
    // The probes are test pictures too, so their captured maps can be compared.
    const [start] = writer.of('run-start');
    const maps = writer.maps.find(({ tag, step }) => tag === 'conv1/preactivation' && step === 4)!;
    let compared = 0;
    for (let channel = 0; channel < 6; channel++) {
      for (const { index, value, y, x } of topPicturesOf(record!.values!, record!.shape, channel)) {
        const probe = start!.start.probes.findIndex((one) => one.index === index);
        if (probe < 0) continue;
        const at = ((probe * maps.height + y) * maps.width + x) * maps.channels + channel;
        expect(maps.values[at]).toBeCloseTo(value, 5);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('are logged as pictures once, with index and class', async () => {
    const writer = await trained({ steps: 16 });
    const sheets = writer.of('image', TOP_SHEET_TAG);
    const indexes = writer.of('tensor', TOP_SHEET_INDEX_TAG);
    expect(sheets.map(({ step }) => step)).toEqual(indexes.map(({ step }) => step));
    const seen: number[] = [];
    indexes.forEach(({ values, shape }, n) => {
      const { pixels, width } = decodePng(sheets[n]!.images[0]!, (bytes) => inflateSync(bytes));
      const columns = width / 32;
      for (let i = 0; i < shape[0]!; i++) {
        const [index, label] = [values![2 * i]!, values![2 * i + 1]!];
        seen.push(index);
        expect(label).toBe(data.test.labels[index]);
        const corner = 3 * (Math.floor(i / columns) * 32 * width + (i % columns) * 32);
        const planes = data.test.planes[index]!;
        expect([...pixels.subarray(corner, corner + 3)]).toEqual([planes[0], planes[1024], planes[2048]]);
      }
    });
    expect(new Set(seen).size).toBe(seen.length);
    const used = ['conv1', 'conv2'].flatMap((layer) =>
      writer
        .of('tensor', topPicturesTag(layer))
        .flatMap(({ values }) => [...values!].filter((_, i) => i % 4 === 0)),
    );
    expect([...new Set(used)].sort()).toEqual([...seen].sort());
  });

  it('are not looked for in a run that captures nothing', async () => {
    const writer = await trained({ captureEvery: 0 });
    expect(stepsOf(writer)).toEqual([]);
    expect(writer.of('image', TOP_SHEET_TAG)).toEqual([]);
  });

  it('stay within a bound of bytes, and the first picture of each channel comes first', () => {
    const writer = memoryWriter();
    const sheet = createTopSheet(createRunLog(writer), data.test, 8 * 3072);
    const layerOf = (from: number) => ({
      layer: 'conv1',
      channels: 2,
      values: Float32Array.from({ length: 72 }, (_, i) => (i % 4 === 0 ? from + i / 4 : 0)),
    });
    for (const [from, isLast] of [
      [0, false],
      [20, false],
      [0, true],
    ] as const)
      sheet.log([layerOf(from)], from + (isLast ? 40 : 0), isLast);
    const indexes = writer.of('tensor', TOP_SHEET_INDEX_TAG);
    const pictures = indexes.map(({ values }) => [...values!].filter((_, i) => i % 2 === 0));
    expect(pictures).toEqual([
      [0, 9, 1, 10],
      [20, 29],
      [2, 11],
    ]);
  });

  it('are looked for between the start and the end as often as the budget allows', () => {
    const keeper = createTopPicturesKeeper(backend.tf, createRunLog(memoryWriter()), data.test);
    const settings = { every: 10, at: '', layers: null, gradients: false, budget: 5, paused: false };
    expect(keeper.searchFor(settings, 0, false)).toBeUndefined();
    keeper.evaluated(100);
    const first = keeper.searchFor(settings, 10, false)!;
    expect(keeper.keep(first, 10, 160, false)).toBeGreaterThanOrEqual(60);
    expect(keeper.searchFor(settings, 20, false)).toBeUndefined();
    expect(keeper.searchFor({ ...settings, paused: true }, 20, true)).toBeUndefined();
    expect(keeper.searchFor(settings, 20, true)).toBeDefined();
    // An interrupted run has little time left.
    expect(keeper.searchFor(settings, 20, true, 120)).toBeUndefined();
    keeper.stepTook(60_000);
    expect(keeper.searchFor(settings, 30, false)).toBeDefined();
  });
});
