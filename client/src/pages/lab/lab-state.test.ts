import { exactly } from '@convscope/shared/convolution/reading.js';
import { describe, expect, it } from 'vitest';
import { channelLink, labLink } from '../run/inspector/open-in-lab.js';
import { readLabLink } from './lab-link.js';
import { labModel, labTerms } from './lab-model.js';
import { DEFAULT_STATE, type LabState, labStateFromQuery, labStateToQuery, whyNot } from './lab-state.js';
import { PRESETS } from './presets.js';

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

  it('falls back to the default for what is out of range or no number, and says so of each', () => {
    const { state, problems } = readLabLink(
      '#lab?ci=1000&kh=-3&sh=1.5&ph=-1&p=evil&mode=%3Cscript%3E&kv=1_x&ib=-1&stack=9',
    );
    expect(state).toEqual(DEFAULT_STATE);
    expect(problems).toEqual([
      'ci=1000 is not used: in channels is at most 64, since the lab draws every cell. It stays 1.',
      'kh=-3 is not used: kernel h is at least 1. It stays 3.',
      'sh=1.5 is not used: stride h takes whole numbers from 1 to 16. It stays 1.',
      'ph=-1 is not used: padding h is at least 0: PyTorch says “negative padding is not supported”. It stays 0.',
      'p=evil is not used: it is one of numbers, same, valid. numbers is shown.',
      'mode=<script> is not used: it is one of zeros, reflect, replicate, circular. zeros is shown.',
      'ib is not used: the bounds of the input in the link cannot be read as at most 16384 numbers.',
      'kv is not used: the values of the kernel in the link cannot be read as at most 16384 numbers.',
      'stack=9 is not used: it is up to 8 layers like 3s1p1d1, with numbers up to 32.',
    ]);
  });

  it('has no problems if it is one of the lab’s own', () => {
    for (const { state } of PRESETS) {
      const { problems, state: read } = readLabLink(`#lab?${labStateToQuery(state)}`);
      expect(problems).toEqual([]);
      expect(read).toEqual(state);
    }
    expect(readLabLink('#lab')).toEqual({ state: DEFAULT_STATE, problems: [] });
  });

  it('names a pixel that is not there and values that are too few or too many', () => {
    expect(readLabLink('#lab?y=40&o=3&iy=9')).toMatchObject({
      state: { y: 2, x: 0, outChannel: 0, inputY: 4 },
      problems: [
        'There is no output channel 3: the last is 0. 0 is shown.',
        'There is no output y 40: the last is 2. 2 is shown.',
        'There is no input y 9: the last is 4. 4 is shown.',
      ],
    });
    expect(readLabLink('#lab?in=custom&iv=1_2&k=custom').problems).toEqual([
      'The link holds 2 values of the input, and there are 25: the others are 0.',
      'The link holds 0 values of the kernel, and there are 9: the others are 0.',
    ]);
    expect(readLabLink('#lab?bias=1&bv=1_2').problems).toEqual([
      'The link holds 2 biases, and there are 1: the rest is not used.',
    ]);
  });

  it('takes of each field what its limits say, and gives the reason for the rest', () => {
    expect(whyNot('kernelHeight', '15')).toBeUndefined();
    expect(whyNot('kernelHeight', '16', 'kernel h')).toBe(
      'kernel h is at most 15, since the lab draws every cell.',
    );
    expect(whyNot('strideHeight', '0', 'stride')).toBe(
      'stride is at least 1: PyTorch says “non-positive stride is not supported”.',
    );
    for (const text of ['', ' ', 'x', '1.5', 'Infinity']) expect(whyNot('groups', text)).toContain('whole');
  });

  it('carries a whole channel of a run as the input, and the middle of one that is too large', () => {
    const stateOf = (link: string) => labStateFromQuery(new URLSearchParams(link.split('?')[1]));
    const values = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i) * 100);
    const readings = Array.from(values, exactly);
    const whole = stateOf(
      channelLink({ caption: 'conv1 out 3, step 40', height: 32, width: 32, values: readings }),
    );
    expect(labModel(whole).output?.shape).toEqual([1, 32, 32]);
    expect(whole.from).toBe('conv1 out 3, step 40');
    const input = labModel(whole).input;
    expect(input.length).toBe(1024);
    expect(Float32Array.from(input)).toEqual(values);
    expect(labModel(whole).inputBounds).toBeUndefined();

    const numbered = Array.from({ length: 100 * 80 }, (_, i) => exactly(i));
    numbered[50 * 80 + 40] = exactly(Number.NaN);
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
      patch: [0.5, 1, -1, 2, 0, 0, 3, 1].map(exactly),
      weight: [1, 2, 3, 4, 5, 6, 7, 8],
      bias: 0.25,
    });
    const state = labStateFromQuery(new URLSearchParams(link.split('?')[1]));
    expect(labModel(state).output?.shape).toEqual([1, 1, 1]);
    expect(labTerms(state, labModel(state))?.sum).toBeCloseTo(0.5 + 2 - 3 + 8 + 21 + 8 + 0.25, 10);
    expect(state.from).toBe('conv2 out 1, y 3, x 4, step 680');
  });
});
