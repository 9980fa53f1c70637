import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../random.js';
import { SUBSET } from '../testing/use-training.js';
import { createAssembler, createEpochs } from './batches.js';
import { readOfficialFiles } from './cifar/official-files.js';
import type { TrainingData } from './training-data.js';

let data: TrainingData;
beforeAll(async () => {
  data = await readOfficialFiles(SUBSET);
});

const at = (values: Float32Array, picture: number, y: number, x: number, c: number) =>
  values[((picture * 32 + y) * 32 + x) * 3 + c]!;

describe('assembling batches', () => {
  it('normalises: over the whole training set each channel has mean 0 and deviation 1', () => {
    const assembler = createAssembler(data, 32);
    const values = assembler.assemble(data.train, Array.from(data.train.labels.keys()));
    for (const c of [0, 1, 2]) {
      let sum = 0;
      let squares = 0;
      for (let i = c; i < values.length; i += 3) {
        sum += values[i]!;
        squares += values[i]! ** 2;
      }
      const count = values.length / 3;
      expect(Math.abs(sum / count)).toBeLessThan(1e-4);
      expect(Math.abs(squares / count - 1)).toBeLessThan(1e-4);
    }
  });

  it('places every pixel of every channel where it belongs', () => {
    const values = createAssembler(data, 32).assemble(data.test, [5, 0]);
    const planes = data.test.planes[5]!;
    for (const [y, x] of [
      [0, 0],
      [3, 17],
      [31, 31],
    ] as const) {
      for (const c of [0, 1, 2]) {
        const byte = planes[c * 1024 + y * 32 + x]!;
        expect(at(values, 0, y, x, c)).toBeCloseTo((byte / 255 - data.mean[c]!) / data.std[c]!, 5);
      }
    }
  });

  it('augments by shifts of up to four pixels and by mirroring, with zeros outside, and all of them occur', () => {
    const assembler = createAssembler(data, 32);
    const plain = assembler.assemble(data.train, [0]).slice();
    const random = createRandom(1, 'augmentation');
    const seen = new Set<string>();
    for (let n = 0; n < 400; n++) {
      const augmented = assembler.assemble(data.train, [0], random);
      const found: string[] = [];
      for (const mirror of [false, true]) {
        for (let dy = -4; dy <= 4; dy++) {
          for (let dx = -4; dx <= 4; dx++)
            if (matches(plain, augmented, dy, dx, mirror)) found.push(`${dy},${dx},${mirror}`);
        }
      }
      expect(found).toHaveLength(1);
      seen.add(found[0]!);
    }
    expect(new Set([...seen].map((key) => key.split(',')[0])).size).toBe(9);
    expect(new Set([...seen].map((key) => key.split(',')[1])).size).toBe(9);
    expect(new Set([...seen].map((key) => key.split(',')[2])).size).toBe(2);
  });

  it('repeats by seed', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed, 'augmentation');
      const epochs = createEpochs(400, 64, createRandom(seed, 'shuffle'));
      const assembler = createAssembler(data, 32);
      return Array.from({ length: 8 }, () => [
        ...assembler.assemble(data.train, epochs.next(), random).subarray(0, 2000),
      ]);
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('writes every batch into the same memory', () => {
    const assembler = createAssembler(data, 32);
    const first = assembler.assemble(data.train, [1, 2, 3]);
    expect(assembler.assemble(data.train, [4, 5, 6]).buffer).toBe(first.buffer);
  });
});

function matches(
  plain: Float32Array,
  augmented: Float32Array,
  dy: number,
  dx: number,
  mirror: boolean,
): boolean {
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const sy = y + dy;
      const sx = (mirror ? 31 - x : x) + dx;
      const inside = sy >= 0 && sy < 32 && sx >= 0 && sx < 32;
      const expected = inside ? at(plain, 0, sy, sx, 0) : 0;
      if (at(augmented, 0, y, x, 0) !== expected) return false;
    }
  }
  return true;
}

describe('epochs', () => {
  it('show every picture at most once an epoch, in whole batches, in another order each time', () => {
    const epochs = createEpochs(100, 30, createRandom(1, 'shuffle'));
    expect(epochs.stepsPerEpoch).toBe(3);
    const epoch = () => Array.from({ length: 3 }, () => [...epochs.next()]).flat();
    const first = epoch();
    const second = epoch();
    expect(new Set(first).size).toBe(90);
    expect(new Set(second).size).toBe(90);
    expect(first).not.toEqual(second);
  });

  it('make one batch of a set that is smaller than a batch', () => {
    const epochs = createEpochs(5, 64, createRandom(1, 'shuffle'));
    expect(epochs.stepsPerEpoch).toBe(1);
    expect([...epochs.next()].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
