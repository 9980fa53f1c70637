import { describe, expect, it } from 'vitest';
import { channelLink, labLink } from '../run/inspector/open-in-lab.js';
import { chosenPlace, labModel, labTerms } from './lab-model.js';
import { DEFAULT_STATE, type LabState, labStateFromQuery, labStateToQuery } from './lab-state.js';
import { PRESETS } from './presets.js';
import { reachedOutputs } from './reach.js';

function rows(state: LabState): number[][] {
  const { output } = labModel(state);
  if (!output) throw new Error('refused');
  const [, height, width] = output.shape;
  return Array.from({ length: height }, (_, y) => Array.from(output.data.slice(y * width, (y + 1) * width)));
}

const preset = (name: string) => PRESETS.find((p) => p.name === name)!.state;

describe('the article’s worked example', () => {
  it('gives the three matrices that the article prints', () => {
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

describe('the conv_arithmetic presets', () => {
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

describe('the URL', () => {
  it('holds the whole state of every preset', () => {
    for (const { state } of PRESETS) expect(labStateFromQuery(labStateToQuery(state))).toEqual(state);
  });

  it('holds edited values, exactly as they were typed', () => {
    const state: LabState = {
      ...DEFAULT_STATE,
      kernelFill: 'custom',
      kernel: [0.1, -2.5, 3, 0, 0, 0, 1e-7, 1, 2],
    };
    expect(labStateFromQuery(new URLSearchParams(labStateToQuery(state).toString()))).toEqual(state);
  });

  it('falls back to the default for what is out of range or no number', () => {
    const state = labStateFromQuery(
      new URLSearchParams('ci=1000&kh=-3&sh=1.5&p=evil&mode=%3Cscript%3E&kv=1_x&stack=9'),
    );
    expect(state).toEqual(DEFAULT_STATE);
  });

  it('carries a whole channel of a run as the input, and the middle of one that is too large', () => {
    const stateOf = (link: string) => labStateFromQuery(new URLSearchParams(link.split('?')[1]));
    const values = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i) * 100);
    const whole = stateOf(channelLink({ caption: 'conv1 out 3, step 40', height: 32, width: 32, values }));
    expect(labModel(whole).output?.shape).toEqual([1, 32, 32]);
    expect(whole.from).toBe('conv1 out 3, step 40');
    const input = labModel(whole).input;
    expect(input.length).toBe(1024);
    input.forEach((value, i) => {
      expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(5e-4 * Math.abs(values[i]!));
    });

    const numbered = Float32Array.from({ length: 100 * 80 }, (_, i) => i);
    numbered[50 * 80 + 40] = Number.NaN;
    const large = stateOf(channelLink({ caption: 'stem', height: 100, width: 80, values: numbered }));
    expect(labModel(large).inputShape).toEqual([1, 64, 64]);
    expect(labModel(large).input[0]).toBe(18 * 80 + 8);
    expect(labModel(large).input[(50 - 18) * 64 + (40 - 8)]).toBe(0);
    expect(large.from).toBe('stem, rows 18 to 81, columns 8 to 71 (0 where it is not finite)');
  });

  it('carries a pixel of a run, so that the lab computes the same value', () => {
    const link = labLink({
      caption: 'conv2 out 1, y 3, x 4, step 680',
      channels: 2,
      kernel: [2, 2],
      patch: [0.5, 1, -1, 2, 0, 0, 3, 1],
      weight: [1, 2, 3, 4, 5, 6, 7, 8],
      bias: 0.25,
    });
    const state = labStateFromQuery(new URLSearchParams(link.split('?')[1]));
    expect(labModel(state).output?.shape).toEqual([1, 1, 1]);
    expect(labTerms(state, labModel(state))?.sum).toBeCloseTo(0.5 + 2 - 3 + 8 + 21 + 8 + 0.25, 10);
    expect(state.from).toBe('conv2 out 1, y 3, x 4, step 680');
  });
});
