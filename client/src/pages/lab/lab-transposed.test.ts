import { expect, test } from 'vitest';
import { labModel, labTerms } from './lab-model.js';
import { DEFAULT_STATE, type LabState, labStateFromQuery, labStateToQuery } from './lab-state.js';
import { PRESETS, presetOf } from './presets.js';
import { reachedOutputs } from './reach.js';

const transposed: LabState = {
  ...DEFAULT_STATE,
  operation: 'convTranspose2d',
  inputFill: 'custom',
  input: [1, 2, 3, 4],
  inputHeight: 2,
  inputWidth: 2,
  kernelFill: 'custom',
  kernel: [1, 10, 100, 1000],
  kernelHeight: 2,
  kernelWidth: 2,
};

test('a transposed convolution adds the kernel of each input to the output', () => {
  // Stride 2 leaves the four kernels side by side.
  const apart = labModel({ ...transposed, strideHeight: 2, strideWidth: 2 });
  expect(apart.output?.shape).toEqual([1, 4, 4]);
  expect([...apart.output!.data.slice(0, 8)]).toEqual([1, 10, 2, 20, 100, 1000, 200, 2000]);
  // With stride 1 they overlap: the middle is 1·1000 + 2·100 + 3·10 + 4·1.
  const state = { ...transposed, y: 1, x: 1 };
  const lab = labModel(state);
  expect(lab.output!.data[4]).toBe(1234);
  expect(labTerms(state, lab)?.terms.map(({ input, weight }) => [input, weight])).toEqual([
    [4, 1],
    [3, 10],
    [2, 100],
    [1, 1000],
  ]);
});

test('the terms of every output of every preset add up to it', () => {
  const presets = PRESETS.filter(({ group }) => group === 'transposed');
  expect(presets.map(({ state }) => labModel(state).output?.shape[1])).toEqual([4, 5, 5, 6, 8, 8]);
  for (const { state } of presets) {
    const lab = labModel(state);
    const [, height, width] = lab.output!.shape;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sum = labTerms({ ...state, y, x }, lab)!.sum;
        expect(sum).toBeCloseTo(lab.output!.data[y * width + x]!, 9);
      }
    }
  }
});

test('an input reaches the outputs that read it', () => {
  const state: LabState = {
    ...{ ...transposed, inChannels: 4, outChannels: 6, groups: 2, inputFill: 'random', kernelFill: 'random' },
    ...{ inputHeight: 4, inputWidth: 5, strideHeight: 2, strideWidth: 3, paddingHeight: 1, bias: true },
    ...{ inputY: 2, inputX: 1, outChannel: 4 },
  };
  const lab = labModel(state);
  const reached = reachedOutputs(state, lab, 4);
  expect(reached).toHaveLength(4);
  for (const { y, x, weight } of reached) {
    const term = labTerms({ ...state, y, x }, lab)!.terms.find(
      (one) => one.inChannel === 2 && one.y === 2 && one.x === 1,
    );
    expect(term?.weight).toBe(weight);
  }
});

test.each<[Partial<LabState>, string, string]>([
  [
    { outputPaddingHeight: 1 },
    'outputPadding',
    'output padding must be smaller than either stride or dilation',
  ],
  [{ paddingHeight: 2 }, 'padding', 'Output size is too small'],
  [{ inChannels: 3, outChannels: 2, groups: 2 }, 'inChannels', 'in_channels must be divisible by groups'],
])('is refused in the words of PyTorch: %o', (change, field, message) => {
  const { refusal, output } = labModel({ ...transposed, ...change });
  expect(refusal?.field).toBe(field);
  expect(refusal?.message).toContain(message);
  expect(output).toBeUndefined();
});

test('it is in the address, and what it does not take is said', () => {
  const state: LabState = { ...transposed, outputPaddingWidth: 1, strideWidth: 2 };
  expect(labStateFromQuery(labStateToQuery(state))).toEqual(state);
  const said: string[] = [];
  const read = labStateFromQuery(new URLSearchParams('op=convTranspose2d&p=same'), (sentence) =>
    said.push(sentence),
  );
  expect(read.padding).toBe('numbers');
  expect(said).toHaveLength(1);
  const preset = PRESETS.find(({ group }) => group === 'transposed')!;
  expect(presetOf(preset.state)).toBe(preset);
});
