/**
 * Runs the lab's PyTorch programs with PyTorch itself and compares what they compute with the plain convolution.
 *
 *   node scripts/dist/lab-programs/run.js [PYTHON]
 *
 * PYTHON (python3) needs torch. Ends with `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { samePadding } from '@convscope/shared/convolution/output-shape.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { type ProgramInput, pytorchCode } from '@convscope/shared/convolution/program-text.js';
import { ConvolutionRefusal } from '@convscope/shared/convolution/refusal.js';
import { optional, readCommandLine } from '../command-line.js';

const CASES = 120;
const { words } = readCommandLine({
  run: 'node scripts/dist/lab-programs/run.js',
  purpose:
    "Runs the lab's PyTorch programs with PyTorch and compares the results with the plain convolution.",
  words: { PYTHON: optional('a Python that has torch (python3)') },
});
const python = words.PYTHON ?? 'python3';

/** A linear congruential generator with a fixed seed, so that every run draws the same cases. */
let seed = 20260701;
function draw(from: number, to: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return from + ((seed >>> 8) % (to - from + 1));
}

interface Program {
  readonly text: string;
  readonly expected: readonly number[];
}

function drawProgram(): Program | undefined {
  const groups = draw(1, 2);
  const [channels, out] = [groups * draw(1, 2), groups * draw(1, 2)];
  const [height, width] = [draw(3, 5), draw(3, 5)];
  const kernel = [draw(1, 3), draw(1, 3)] as const;
  const weightShape = [out, channels / groups, ...kernel] as const;
  const dilation = [draw(1, 2), draw(1, 2)] as const;
  const kind = draw(0, 4);
  const stride = kind === 0 ? ([1, 1] as const) : ([draw(1, 2), draw(1, 2)] as const);
  const padding: ProgramInput['padding'] =
    kind === 0 ? 'same' : kind === 1 ? 'valid' : ([draw(0, 2), draw(0, 2)] as const);
  const paddingMode = (['zeros', 'zeros', 'reflect', 'replicate', 'circular'] as const)[draw(0, 4)]!;
  const input = Float64Array.from({ length: channels * height * width }, () => draw(-9, 9) / 2);
  const weight = Float64Array.from({ length: weightShape.reduce((a, b) => a * b) }, () => draw(-9, 9) / 4);
  const bias = draw(0, 1) ? Float64Array.from({ length: out }, () => draw(-4, 4)) : undefined;
  const options = { stride, padding, dilation, groups, paddingMode };
  if (input.length > 64 || weight.length > 64) return undefined;
  try {
    const result = plainConv2d(
      { data: input, shape: [1, channels, height, width] },
      { data: weight, shape: weightShape },
      bias && { data: bias, shape: [out] },
      options,
    );
    const [top, bottom] = padding === 'same' ? samePadding(kernel[0], dilation[0]) : [0, 0];
    const [left, right] = padding === 'same' ? samePadding(kernel[1], dilation[1]) : [0, 0];
    const program: ProgramInput = {
      ...options,
      inputShape: [channels, height, width],
      weightShape,
      outputShape: result.shape.slice(1) as [number, number, number],
      input,
      weight,
      bias,
      sides: { top, bottom, left, right },
    };
    return { text: pytorchCode(program), expected: Array.from(result.data) };
  } catch (error) {
    if (error instanceof ConvolutionRefusal) return undefined;
    throw error;
  }
}

const programs: Program[] = [];
while (programs.length < CASES) {
  const program = drawProgram();
  if (program) programs.push(program);
}
// Each program runs in its own namespace, with its own output discarded; its `y` is printed as JSON.
const driver = `
import json, sys, io, contextlib
for text in json.load(sys.stdin):
    names = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(text, names)
    print(json.dumps(names["y"].flatten().tolist()))
`;
const child = spawnSync(python, ['-c', driver], {
  input: JSON.stringify(programs.map((program) => program.text)),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (child.error || child.status !== 0) {
  process.stderr.write(`${python} could not run the programs: ${child.error?.message ?? child.stderr}\n`);
  process.exit(2);
}
const answers = child.stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as number[]);
let failed = 0;
for (const [i, { text, expected }] of programs.entries()) {
  const answer = answers[i] ?? [];
  const equal =
    answer.length === expected.length &&
    expected.every((value, j) => Math.abs(value - answer[j]!) <= 1e-9 * (1 + Math.abs(value)));
  if (equal) continue;
  failed++;
  process.stdout.write(`differs:\n${text}\nexpected ${expected.join(' ')}\nfound    ${answer.join(' ')}\n\n`);
}
process.stdout.write(`${programs.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
