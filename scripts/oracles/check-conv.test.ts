import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '#server/tfjs/backend.js';
import { type ConvImplementation, checkConv, comparable } from './check-conv.js';
import { readConvOracles } from './conv-files.js';
import { plainImplementation } from './plain-implementation.js';
import { tfjsImplementation } from './tfjs-implementation.js';

const oracles = readConvOracles(
  fileURLToPath(new URL('../../shared/src/convolution/fixtures', import.meta.url)),
);

// What PyTorch 2.2.2 said to many more calls: see make_refusals.py beside the file.
const more = readConvOracles(fileURLToPath(new URL('./fixtures', import.meta.url)));

/** What `initialise` does not look at. */
const UNUSED = {
  name: '',
  weightShape: [],
  biasShape: undefined,
  parameters: 0,
  fanIn: 0,
  weightBound: 0,
  biasBound: 0,
  weightDeviation: 0,
};

function failures(checks: Awaited<ReturnType<typeof checkConv>>): string[] {
  return checks
    .filter(({ failure }) => failure !== undefined)
    .map(({ name, what, failure }) => `${name} (${what}): ${failure}`);
}

describe('the plain engine', () => {
  it("gives PyTorch's numbers, shapes, refusals and initialisation in every case", async () => {
    const checks = await checkConv(plainImplementation, oracles);
    expect(failures(checks)).toEqual([]);
    const count = (file: string) => checks.filter((check) => check.file === file).length;
    expect(count('conv2d-errors.json')).toBe(oracles.refusals.length + oracles.accepted.length);
    expect(count('output-shape.json')).toBe(200);
  });
});

describe('refusals', () => {
  it("are PyTorch's in hundreds of calls more, and so is what is accepted", async () => {
    expect(more.refusals.length + more.accepted.length).toBeGreaterThan(700);
    expect(failures(await checkConv(plainImplementation, more))).toEqual([]);
  });
});

describe('tfjs on wasm', () => {
  it("gives PyTorch's numbers, shapes, refusals and initialisation in every case, and keeps no tensor", async () => {
    const { tf } = await loadBackend({ wanted: 'wasm', threads: 1 });
    const before = tf.memory().numTensors;
    const checks = await checkConv(tfjsImplementation(tf, 'wasm'), oracles);
    expect(failures(checks)).toEqual([]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [
      'a dilated kernel',
      { inChannels: 8, outChannels: 12, kernelSize: [2, 7], dilation: 2, groups: 4 },
      [12, 2, 2, 7],
    ],
    [
      'padding by reflection',
      { inChannels: 1, outChannels: 2, kernelSize: 3, padding: 4, paddingMode: 'reflect' },
      [2, 1, 3, 3],
    ],
  ])('draws the weights of a layer with %s', async (_, module, weightShape) => {
    const { tf } = await loadBackend({ wanted: 'wasm', threads: 1 });
    const before = tf.memory().numTensors;
    const { weights } = await tfjsImplementation(tf, 'wasm').initialise({ module, ...UNUSED }, 2);
    expect(weights.map(({ shape }) => shape)).toEqual([weightShape, weightShape]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps no tensor of a layer that refuses its input', async () => {
    const { tf } = await loadBackend({ wanted: 'wasm', threads: 1 });
    const before = tf.memory().numTensors;
    const module = { inChannels: 1, outChannels: 2, kernelSize: [3, 3, 3] };
    await expect(tfjsImplementation(tf, 'wasm').initialise({ module, ...UNUSED }, 1)).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('checkConv', () => {
  it('finds an engine that flips the kernel, one that accepts everything and one with another distribution', async () => {
    const wrong: ConvImplementation = {
      ...plainImplementation,
      forward: (test) =>
        plainImplementation.forward({
          ...test,
          weight: { ...test.weight, data: test.weight.data.toReversed() },
        }),
      call: async () => [1, 1, 1, 1],
      initialise: async (test, times) => {
        const { weights, biases } = await plainImplementation.initialise(test, times);
        return {
          weights: weights.map(({ data, shape }) => ({ shape, data: Array.from(data, (v) => v * 0.9) })),
          biases,
        };
      },
    };
    const found = failures(await checkConv(wrong, oracles));
    expect(found.some((line) => line.startsWith('no-flip (output)'))).toBe(true);
    expect(found.some((line) => line.startsWith('groups-0 (refused): accepted'))).toBe(true);
    expect(found.filter((line) => line.includes('(initialisation)'))).toHaveLength(oracles.inits.length);
  });

  it('compares the names in braces without their order', () => {
    expect(comparable("one of {'b', 'a'}, but")).toBe(comparable("one of {'a', 'b'}, but"));
  });
});
