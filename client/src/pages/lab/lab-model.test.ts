import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { exactly, within } from '@convscope/shared/convolution/reading.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labLink } from '../run/inspector/open-in-lab.js';
import { boundOfSum, chosenPlace, labModel, labTerms } from './lab-model.js';
import { DEFAULT_STATE, type LabState, labStateFromQuery, labStateToQuery } from './lab-state.js';
import { PRESETS, presetOf } from './presets.js';
import { reachedOutputs } from './reach.js';

function rows(state: LabState): number[][] {
  const { output } = labModel(state);
  if (!output) throw new Error('refused');
  const [, height, width] = output.shape;
  return Array.from({ length: height }, (_, y) => Array.from(output.data.slice(y * width, (y + 1) * width)));
}

const preset = (name: string) => PRESETS.find((p) => p.name === name)!.state;

describe('the worked example', () => {
  it('gives the three matrices that PyTorch gives', () => {
    expect(rows(preset('Worked example'))).toEqual([
      [10, 12, 12],
      [18, 16, 16],
      [13, 9, 3],
    ]);
    expect(rows(preset('Stride 2'))).toEqual([
      [10, 12],
      [13, 3],
    ]);
    expect(rows(preset('Padding 1'))).toEqual([
      [1, 3, 4, 10, 8],
      [5, 10, 12, 12, 6],
      [7, 18, 16, 16, 8],
      [11, 13, 9, 3, 4],
      [14, 13, 9, 7, 4],
    ]);
  });

  it('gives the three shapes of sixteen 3×5×5 kernels over 3×28×28', () => {
    const shape = (name: string) => labModel(preset(name)).output?.shape;
    expect(shape('16 kernels, stride 1, padding 1')).toEqual([16, 26, 26]);
    expect(shape('16 kernels, stride 2, padding 2')).toEqual([16, 14, 14]);
    expect(shape('16 kernels, default')).toEqual([16, 24, 24]);
  });
});

describe('the presets of convolution arithmetic', () => {
  it.each([
    ['No padding, no strides', 2],
    ['Arbitrary padding', 6],
    ['Half (same) padding', 5],
    ['Full padding', 7],
    ['No padding, strides', 2],
    ['Padding, strides', 3],
    ['Padding, strides (odd)', 3],
    ['Dilation', 3],
  ])('%s has an output of side %i, as in the guide', (name, side) => {
    expect(labModel(preset(name)).output?.shape).toEqual([1, side, side]);
  });
});

describe('the chosen pixel', () => {
  it('has terms that add up to the output shown, for every preset', () => {
    for (const { name, state } of PRESETS) {
      const lab = labModel(state);
      const [channels, height, width] = lab.output!.shape;
      const at = { ...state, outChannel: channels - 1, y: height - 1, x: Math.floor(width / 2) };
      const pixel = labTerms(at, lab)!;
      const place = chosenPlace(at, lab);
      const shown = lab.output!.data[(place.outChannel * height + place.y) * width + place.x]!;
      const added = pixel.terms.reduce((sum, term) => sum + term.input * term.weight, pixel.bias);
      expect(Math.abs(added - shown), name).toBeLessThan(1e-9 * (1 + Math.abs(shown)));
    }
  });

  it('is drawn back into an output that became smaller', () => {
    const state = { ...DEFAULT_STATE, y: 40, x: 2, outChannel: 9 };
    expect(chosenPlace(state, labModel(state))).toEqual({ outChannel: 0, y: 2, x: 2 });
  });
});

describe('a refusal', () => {
  it('is in PyTorch’s words and names the field', () => {
    expect(
      labModel({ ...DEFAULT_STATE, padding: 'same', strideHeight: 2, strideWidth: 2 }).refusal?.message,
    ).toBe("padding='same' is not supported for strided convolutions");
    expect(labModel({ ...DEFAULT_STATE, kernelHeight: 6, kernelWidth: 6 }).refusal?.message).toBe(
      "Calculated padded input size per channel: (5 x 5). Kernel size: (6 x 6). Kernel size can't be greater than actual input size",
    );
    expect(labModel({ ...DEFAULT_STATE, inChannels: 3, outChannels: 4, groups: 2 }).refusal).toMatchObject({
      field: 'inChannels',
      message: 'in_channels must be divisible by groups',
    });
  });
});

describe('the presets', () => {
  it('are each the one that is chosen when the state equals it, whatever pixel, language or stack is shown', () => {
    for (const preset of PRESETS) {
      const elsewhere = { y: 1, x: 1, inputY: 2, code: 'tfjs', stack: [], seed: preset.state.seed } as const;
      expect(presetOf(preset.state)?.name).toBe(preset.name);
      expect(presetOf({ ...preset.state, ...elsewhere })?.name).toBe(preset.name);
    }
    expect(new Set(PRESETS.map(({ state }) => labStateToQuery(state).toString())).size).toBe(PRESETS.length);
  });

  it('are none of them when the state equals none', () => {
    for (const change of [
      { kernelHeight: 2 },
      { view: 'transposed' },
      { bias: true },
      { inputFill: 'custom', input: [1] },
      { inputFill: 'random' },
    ] as const) {
      expect(presetOf({ ...DEFAULT_STATE, ...change }), JSON.stringify(change)).toBeUndefined();
    }
  });

  it('stay chosen whatever the speed is, which a link keeps', () => {
    const state = { ...DEFAULT_STATE, speed: 8 } as const;
    expect(presetOf(state)?.name).toBe('Worked example');
    expect(labStateToQuery(state).toString()).toBe('speed=8');
    expect(labStateFromQuery(labStateToQuery(state))).toEqual(state);
  });

  it('are chosen again when what was left over from a run or from random numbers is not in use', () => {
    const left = { from: 'conv1 out 3', seed: 7, picture: 3, biases: [1], inputBounds: [0.1] };
    expect(presetOf({ ...DEFAULT_STATE, ...left })?.name).toBe('Worked example');
  });
});

describe('values that a run logged with 8 bits', () => {
  const stateOf = (link: string) => labStateFromQuery(new URLSearchParams(link.split('?')[1]));
  const float = (size: number) => fc.float({ min: -size, max: size, noNaN: true });
  const taps = fc.array(fc.tuple(float(4), fc.double({ min: 0, max: 1, noNaN: true }), float(4)), {
    minLength: 18,
    maxLength: 18,
  });
  const bounds = fc.constantFrom(0, 1e-5, 0.0078, 3);

  it('come with their bounds, which hold the exact sum of the run', () => {
    fc.assert(
      fc.property(taps, bounds, float(4), (values, bound, bias) => {
        // The exact value lies anywhere within the bound of what was logged.
        const exact = values.map(([value, share]) => value + (2 * share - 1) * bound);
        const weight = values.map(([, , one]) => one);
        const patch = values.map(([value]) => within(value, bound));
        const state = stateOf(
          labLink({ caption: 'conv2', channels: 2, kernel: [3, 3], patch, weight, bias }),
        );
        const lab = labModel(state);
        const pixel = labTerms(state, lab)!;
        const truth = plainConv2d(
          { data: exact, shape: [1, 2, 3, 3] },
          { data: weight, shape: [1, 2, 3, 3] },
          { data: [bias], shape: [1] },
        ).data[0]!;
        // A link carries float32 values with up to nine digits.
        const rounding = 1e-6 * weight.reduce((sum, one) => sum + Math.abs(one), 1);
        const claimed = boundOfSum(lab, pixel.terms);
        expect(Math.abs(pixel.sum - truth)).toBeLessThanOrEqual(claimed + rounding);
        expect(claimed).toBe(lab.output!.bounds?.[0] ?? 0);
        if (bound === 0) expect(claimed).toBe(0);
        // Not more than a little wider than it was.
        const needed = weight.reduce((sum, one) => sum + Math.abs(one) * bound, 0);
        expect(claimed).toBeLessThanOrEqual(1.02 * needed + 1e-12);
      }),
    );
  });

  it('keep zero padding and one-sided intervals in the link, in a few words', () => {
    const patch = [...Array.from({ length: 6 }, () => within(0.25, 0.0078)), exactly(0), exactly(0)];
    patch.push({ value: 0, lo: 0, hi: 0.002 });
    const link = labLink({
      caption: 'c',
      channels: 1,
      kernel: [3, 3],
      patch,
      weight: patch.map(() => 1),
      bias: undefined,
    });
    expect(new URLSearchParams(link.split('?')[1]).get('ib')).toBe('0.00781x6_0x2_0.00201');
    const state = stateOf(link);
    expect(labStateFromQuery(labStateToQuery(state))).toEqual(state);
    expect(Array.from(labModel(state).inputBounds!)).toEqual([...new Array(6).fill(0.00781), 0, 0, 0.00201]);
  });

  it('that are not finite are sent as 0, and the caption says so', () => {
    const patch = [exactly(Number.NaN), exactly(2)];
    const link = labLink({
      caption: 'c',
      channels: 2,
      kernel: [1, 1],
      patch,
      weight: [1, 1],
      bias: undefined,
    });
    expect(stateOf(link)).toMatchObject({ input: [0, 2], from: 'c (0 where it is not finite)' });
  });

  it('are exact once they are not of a run any more', () => {
    const state = { ...DEFAULT_STATE, inputBounds: new Array(25).fill(0.1) };
    expect(labModel(state).inputBounds).toBeUndefined();
    expect(
      labModel({ ...state, inputFill: 'custom', input: new Array(25).fill(1) }).inputBounds,
    ).toBeDefined();
  });
});

describe('the transposed view', () => {
  it('finds exactly the outputs whose terms read the input pixel', () => {
    for (const paddingMode of ['zeros', 'reflect', 'circular'] as const) {
      const state = {
        ...DEFAULT_STATE,
        paddingMode,
        paddingHeight: 1,
        paddingWidth: 1,
        strideWidth: 2,
        inputY: 1,
        inputX: 3,
      };
      const lab = labModel(state);
      const [, height, width] = lab.output!.shape;
      const reading: string[] = [];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          if (labTerms({ ...state, y, x }, lab)!.terms.some((t) => t.source?.y === 1 && t.source.x === 3))
            reading.push(`${y},${x}`);
      expect(
        reachedOutputs(state, lab, 0)
          .map((r) => `${r.y},${r.x}`)
          .sort(),
      ).toEqual(reading.sort());
    }
  });
});
