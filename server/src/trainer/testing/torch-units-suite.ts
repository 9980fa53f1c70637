import { readFileSync } from 'node:fs';
import { occlusionGrid, topPicturesOf } from '@convscope/shared/unit-records.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackendName, loadBackend } from '../../tfjs/backend.js';
import type { Tensor4D, Tf } from '../../tfjs/tf.js';
import { frozenNetwork } from '../capture/frozen-network.js';
import { createOcclusion } from '../capture/occlusion.js';
import { saliencyOf } from '../capture/saliency.js';
import { createTopPicturesSearch } from '../capture/top-pictures.js';
import { modelNamed } from '../net/models.js';
import { createNetwork, forward, type Network } from '../net/network.js';
import { patternValues } from './pattern-values.js';

const MODELS = ['lenet', 'resnet8'] as const;
type Named = (typeof MODELS)[number];

interface Units {
  readonly pictureCount: number;
  readonly models: Record<
    Named,
    {
      /** By layer: [channel][rank]. Null where values are so close that float32 may decide otherwise. */
      readonly top: Record<
        string,
        [picture: number | null, value: number, y: number | null, x: number | null][][]
      >;
      readonly picture: number;
      /** Every fifth number of the gradient [channel, y, x]. */
      readonly saliency: { readonly class: number; readonly everyFifth: number[] }[];
      readonly occlusion: {
        readonly patch: number;
        readonly stride: number;
        readonly rows: number;
        readonly base: number[];
        /** [patch][class] */
        readonly probabilities: number[][];
      }[];
    }
  >;
}

const PIXELS = 32 * 32 * 3;

/** Compares what a unit looks for with PyTorch's numbers. */
export function describeUnitsAgainstTorch(name: BackendName, threads: number): void {
  describe(`units against PyTorch on ${name}`, () => {
    let tf: Tf;
    let units: Units;
    beforeAll(async () => {
      ({ tf } = await loadBackend({ wanted: name, threads }));
      units = JSON.parse(readFileSync(new URL('../fixtures/torch-units.json', import.meta.url), 'utf8'));
    });

    function networkOf(model: Named): Network {
      const network = createNetwork(tf, modelNamed(model), 1);
      network.parameters.forEach(({ variable, shape, fanIn }, index) => {
        const size = shape.reduce((a, b) => a * b, 1);
        tf.tidy(() =>
          variable.assign(tf.tensor(patternValues(size, index + 1, 1.5 / Math.sqrt(fanIn)), [...shape])),
        );
      });
      return network;
    }

    /** Some of the fixture's pictures, which differ in contrast. */
    function picturesOf(pictures: readonly number[]): Tensor4D {
      const count = units.pictureCount;
      const all = patternValues(count * PIXELS, 0, 1);
      const values = Float32Array.from({ length: pictures.length * PIXELS }, (_, i) => {
        const picture = pictures[Math.floor(i / PIXELS)]!;
        return all[picture * PIXELS + (i % PIXELS)]! * Math.fround(0.5 + 0.13 * ((7 * picture) % count));
      });
      return tf.tensor(values, [pictures.length, 32, 32, 3]);
    }

    it.each(MODELS)('%s has the same top pictures, in whatever batches they come', async (model) => {
      const before = tf.memory().numTensors;
      const network = networkOf(model);
      for (const batch of [5, 12]) {
        const search = createTopPicturesSearch(tf);
        for (let first = 0; first < units.pictureCount; first += batch) {
          const indices = Array.from({ length: units.pictureCount }, (_, i) => i).slice(first, first + batch);
          tf.tidy(() => void forward(tf, network, picturesOf(indices), { read: search.read }));
          await search.batchDone(first);
        }
        await search.finish((indices, read) =>
          tf.tidy(() => void forward(tf, network, picturesOf(indices), { read })),
        );
        const { top } = units.models[model];
        expect(search.found().map(({ layer }) => layer)).toEqual(Object.keys(top));
        const compared: boolean[] = [];
        for (const { layer, channels, values } of search.found()) {
          expect(channels).toBe(top[layer]!.length);
          top[layer]!.forEach((ranks, channel) => {
            const found = topPicturesOf(values, [channels, 9, 4], channel);
            expect(found).toHaveLength(9);
            found.forEach((one, rank) => {
              const [index, value, y, x] = ranks[rank]!;
              expect(Math.abs(one.value - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
              if (index !== null) expect(one.index).toBe(index);
              if (y !== null) expect([one.y, one.x]).toEqual([y, x]);
              compared.push(y !== null);
            });
          });
        }
        expect(compared.filter(Boolean).length).toBeGreaterThan(0.5 * compared.length);
      }
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    async function pictureOf(index: number): Promise<Float32Array> {
      const tensor = picturesOf([index]);
      const values = (await tensor.data()) as Float32Array;
      tensor.dispose();
      return values;
    }

    it.each(MODELS)('%s has the same gradients of class scores', async (model) => {
      const before = tf.memory().numTensors;
      const network = networkOf(model);
      const { picture, saliency } = units.models[model];
      const values = await pictureOf(picture);
      const [predicted] = saliency;
      expect((await saliencyOf(tf, network, values, 32)).class).toBe(predicted!.class);
      for (const { class: wanted, everyFifth } of saliency) {
        const { gradient } = await saliencyOf(tf, network, values, 32, wanted);
        const most = everyFifth.reduce((all, one) => Math.max(all, Math.abs(one)), 0);
        everyFifth.forEach((one, i) => {
          expect(Math.abs(gradient[5 * i]! - one)).toBeLessThan(1e-4 * most);
        });
      }
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('a net that has diverged is refused with a sentence, and leaves no tensor behind', async () => {
      const before = tf.memory().numTensors;
      const network = networkOf('lenet');
      const { variable, shape } = network.parameters.at(-1)!;
      tf.tidy(() => variable.assign(tf.fill([...shape], Number.NaN)));
      const values = await pictureOf(0);
      const grid = occlusionGrid(32, 8, 8);
      if (typeof grid === 'string') throw new Error(grid);
      const sentence = /scores of the net are not finite/;
      await expect(saliencyOf(tf, network, values, 32)).rejects.toThrow(sentence);
      await expect(createOcclusion(tf, network, values, 32, grid).work(0)).rejects.toThrow(sentence);
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it.each(MODELS)('%s has the same probabilities while patches are covered', async (model) => {
      const before = tf.memory().numTensors;
      const network = networkOf(model);
      const { picture, occlusion } = units.models[model];
      const values = await pictureOf(picture);
      for (const truth of occlusion) {
        const grid = occlusionGrid(32, truth.patch, truth.stride);
        if (typeof grid === 'string') throw new Error(grid);
        expect(grid.rows).toBe(truth.rows);
        const frozen = frozenNetwork(tf, network);
        const job = createOcclusion(tf, frozen, values, 32, grid);
        let pieces = 1;
        for (; !(await job.work(0)); pieces++);
        expect(pieces).toBeGreaterThan(truth.rows);
        truth.base.forEach((one, label) => {
          expect(job.base()[label]).toBeCloseTo(one, 5);
        });
        truth.probabilities.forEach((row, patch) => {
          row.forEach((one, label) => {
            expect(job.probabilities()[label * truth.probabilities.length + patch]).toBeCloseTo(one, 5);
          });
        });
        frozen.dispose();
      }
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
