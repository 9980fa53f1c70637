import { samePadding } from '@convscope/shared/convolution/output-shape.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import {
  highlight,
  type ProgramInput,
  pytorchCode,
  tfjsCode,
} from '@convscope/shared/convolution/program-text.js';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';

interface Case {
  name: string;
  input?: [number, number, number];
  out?: number;
  kernel?: [number, number];
  stride?: [number, number];
  padding?: [number, number] | 'same' | 'valid';
  dilation?: [number, number];
  groups?: number;
  mode?: ProgramInput['paddingMode'];
  bias?: boolean;
}

const CASES: Case[] = [
  { name: 'the worked example' },
  { name: 'stride 2', stride: [2, 2] },
  { name: 'stride and padding apart', stride: [1, 2], padding: [2, 1] },
  { name: 'same with an even kernel', kernel: [2, 4], padding: 'same' },
  { name: 'valid', padding: 'valid', kernel: [2, 3] },
  { name: 'dilation', dilation: [2, 1] },
  { name: 'dilation with stride', input: [1, 8, 8], dilation: [2, 2], stride: [2, 2], padding: [2, 2] },
  { name: 'groups with bias', input: [4, 4, 4], out: 2, groups: 2, kernel: [2, 2], bias: true },
  { name: 'depthwise', input: [3, 4, 4], out: 3, groups: 3, padding: [1, 1] },
  { name: 'reflect', mode: 'reflect', padding: [2, 1] },
  { name: 'replicate', mode: 'replicate', padding: [2, 1], stride: [2, 1] },
  { name: 'circular', mode: 'circular', padding: [1, 2] },
];

function programOf(c: Case): { program: ProgramInput; expected: Float64Array } {
  const [channels, height, width] = c.input ?? [1, 5, 5];
  const out = c.out ?? 1;
  const kernel = c.kernel ?? [3, 3];
  const groups = c.groups ?? 1;
  const dilation = c.dilation ?? [1, 1];
  const padding = c.padding ?? [0, 0];
  const weightShape = [out, channels / groups, ...kernel] as const;
  const input = Float64Array.from({ length: channels * height * width }, (_, i) => ((i * 7) % 11) - 3);
  const weight = Float64Array.from(
    { length: weightShape.reduce((a, b) => a * b) },
    (_, i) => ((i * 5) % 7) / 2 - 1,
  );
  const bias = c.bias ? Float64Array.from({ length: out }, (_, i) => i + 0.5) : undefined;
  const options = {
    stride: c.stride ?? [1, 1],
    padding,
    dilation,
    groups,
    paddingMode: c.mode ?? 'zeros',
  } as const;
  const result = plainConv2d(
    { data: input, shape: [1, channels, height, width] },
    { data: weight, shape: weightShape },
    bias && { data: bias, shape: [out] },
    options,
  );
  const [before, after] = padding === 'same' ? samePadding(kernel[0], dilation[0]) : [padding[0], padding[0]];
  const [left, right] = padding === 'same' ? samePadding(kernel[1], dilation[1]) : [padding[1], padding[1]];
  const none = padding === 'valid';
  return {
    expected: result.data,
    program: {
      ...options,
      inputShape: [channels, height, width],
      weightShape,
      outputShape: result.shape.slice(1) as [number, number, number],
      input,
      weight,
      bias,
      sides: none
        ? { top: 0, bottom: 0, left: 0, right: 0 }
        : { top: Number(before), bottom: Number(after), left: Number(left), right: Number(right) },
    },
  };
}

describe('the tfjs program of the lab', () => {
  it.each(CASES)('computes the output shown in the lab for $name', async (c) => {
    await tf.setBackend('cpu');
    const { program, expected } = programOf(c);
    const body = tfjsCode(program)
      .replace(/^import .*\n/, '')
      .replace(/^console\.log.*\n/m, '')
      .replace(/^y\.print\(\);\n/m, '');
    const y = new Function('tf', `${body}\nreturn y;`)(tf) as tf.Tensor4D;
    expect(y.shape).toEqual([1, ...program.outputShape]);
    const values = y.dataSync();
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 4);
  });
});

describe('the PyTorch program of the lab', () => {
  it('contains all numbers of a small case, and the options under PyTorch’s names', () => {
    const { program } = programOf(CASES.find((c) => c.name === 'groups with bias')!);
    const code = pytorchCode(program);
    expect(code).toContain('groups=2');
    expect(code).toContain('bias = torch.tensor([0.5, 1.5], dtype=torch.float64)');
    expect(code).toContain('print(y.shape)  # torch.Size([1, 2, 3, 3])');
  });
});

describe('a program with more values than fit on a screen', () => {
  // 5 channels of 4×4: 80 values.
  const large: Case = { name: 'large', input: [5, 4, 4], kernel: [4, 4] };

  it('has those of a run in full, as float64 and in lines that can be read', async () => {
    await tf.setBackend('cpu');
    const { program, expected } = programOf(large);
    const written = { ...program, writeOut: { input: true, weight: true, bias: true } };
    const python = pytorchCode(written);
    expect(python).not.toContain('randn');
    expect(python).toContain('print(y)');
    const numbers = /x = torch\.tensor\(\[\n([^\]]*)\], dtype=torch\.float64\)/.exec(python)?.[1] ?? '';
    expect(numbers.split(',').map(Number)).toEqual(Array.from(program.input));
    const long = { ...large, input: [1, 4, 40] as [number, number, number] };
    const wide = pytorchCode({ ...programOf(long).program, writeOut: written.writeOut });
    expect(Math.max(...wide.split('\n').map((line) => line.length))).toBeLessThan(120);

    const body = tfjsCode(written)
      .replace(/^import .*\n/, '')
      .replace(/^(console\.log|y\.print).*\n/gm, '');
    const y = new Function('tf', `${body}\nreturn y;`)(tf) as tf.Tensor4D;
    for (const [i, value] of expected.entries()) expect(y.dataSync()[i]).toBeCloseTo(value, 3);
  });

  it('says of values that it draws that they are not those of the lab', () => {
    const { program } = programOf(large);
    expect(pytorchCode(program)).toContain(
      'x = torch.randn(1, 5, 4, 4, dtype=torch.float64)  # random: the lab has 80 other values',
    );
    expect(pytorchCode(program)).not.toContain('print(y)');
    expect(tfjsCode(program)).toContain('// random: the lab has 80 other values');
  });
});

describe('highlight', () => {
  it('keeps every character', () => {
    for (const c of CASES) {
      const { program } = programOf(c);
      for (const code of [pytorchCode(program), tfjsCode(program)])
        expect(
          highlight(code)
            .map((span) => span.text)
            .join(''),
        ).toBe(code);
    }
  });
});
