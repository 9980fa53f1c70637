import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { decodePng } from '@convscope/shared/channels/png.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import type { RecordKind, RecordOf, RunRecord } from '@convscope/shared/run-record.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExampleModule, listExamples } from '../src/cli/examples.js';
import { asKind, inflate, readLog } from '../src/summary-writer/testing/read-log.js';
import { readOfficialFiles } from '../src/trainer/data/cifar/official-files.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SUBSET = fileURLToPath(new URL('../src/trainer/fixtures/cifar10-subset', import.meta.url));
const TORCH_LOG = fileURLToPath(
  new URL('./fixtures/nn_conv2d/events.out.tfevents.1700000000.torch.1.0', import.meta.url),
);

interface Ran {
  readonly lines: readonly string[];
  readonly logdir: string;
}

/** What each example has to print and to log, by its name. */
const CHECKS: Readonly<Record<string, (ran: Ran) => void | Promise<void>>> = {
  'output-shapes': checkOutputShapes,
  'worked-example': checkWorkedExample,
  'dilation-and-groups': checkDilationAndGroups,
  'cifar10-pictures': checkCifar10Pictures,
};

describe('the examples', () => {
  let logdir: string;
  beforeEach(() => {
    logdir = mkdtempSync(path.join(os.tmpdir(), 'examples-'));
  });
  afterEach(() => rmSync(logdir, { recursive: true }));

  it('are all in the list, and each that is listed has a check', () => {
    const listed = listExamples().map(({ name }) => name);
    const files = readdirSync(HERE).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
    expect(files.map((file) => file.slice(0, -3)).sort()).toEqual([...listed].sort());
    expect(Object.keys(CHECKS).sort()).toEqual([...listed].sort());
  });

  it.each(listExamples().map(({ name }) => name))('%s gives what it says', async (name) => {
    const { run } = (await import(
      /* @vite-ignore */ new URL(`./${name}.ts`, import.meta.url).href
    )) as ExampleModule;
    const lines: string[] = [];
    await run((line) => lines.push(line), { logdir, data: SUBSET });
    await CHECKS[name]!({ lines, logdir });
  });
});

/** The three shapes of the article. */
function checkOutputShapes({ lines }: Ran): void {
  expect(lines).toEqual([
    'input 1×3×28×28, weight 16×3×5×5, bias 16',
    'stride 1, padding 1: 1×16×26×26',
    'stride 2, padding 2: 1×16×14×14',
    'default:             1×16×24×24',
  ]);
}

/** The three matrices of the article. */
function checkWorkedExample({ lines }: Ran): void {
  const numbers = lines.map((line) => line.trim().split(/\s+/).map(Number));
  expect(numbers.slice(1, 4)).toEqual([
    [10, 12, 12],
    [18, 16, 16],
    [13, 9, 3],
  ]);
  expect(numbers.slice(5, 7)).toEqual([
    [10, 12],
    [13, 3],
  ]);
  expect(numbers.slice(8)).toEqual([
    [1, 3, 4, 10, 8],
    [5, 10, 12, 12, 6],
    [7, 18, 16, 16, 8],
    [11, 13, 9, 3, 4],
    [14, 13, 9, 7, 4],
  ]);
  expect([lines[0], lines[4], lines[7]]).toEqual(['stride 1', 'stride 2', 'stride 1, padding 1']);
}

/** PyTorch's SSIM of the same pictures, and the receptive fields. */
function checkDilationAndGroups({ lines }: Ran): void {
  // torch 2.2.2, float64, F.conv2d with groups=3: 0.83842184876 and 0.91800801207.
  expect(lines.slice(1, 4).map((line) => line.split(': ')[1]!.trim())).toEqual([
    '0.8384',
    '0.9180',
    '1.0000',
  ]);
  expect(lines.slice(6).map((line) => line.trim().split(/\s+/))).toEqual([
    ['1', '3×3', '3×3'],
    ['2', '5×5', '7×7'],
    ['3', '7×7', '15×15'],
    ['4', '9×9', '31×31'],
    ['5', '11×11', '63×63'],
  ]);
}

/** Input and output of every batch are logged as pictures, and the six channels as channels. */
async function checkCifar10Pictures({ lines, logdir }: Ran): Promise<void> {
  expect(lines[0]).toBe('input 64×3×32×32, output 64×6×30×30');
  const run = path.join(logdir, 'nn_conv2d');
  const records = readLog(path.join(run, readdirSync(run)[0]!));
  const { planes } = (await readOfficialFiles(SUBSET)).test;
  const steps = Math.ceil(planes.length / 64);
  const inputs = tagged(records, 'image', 'nn_conv2d_input');
  const outputs = tagged(records, 'image', 'nn_conv2d_output');
  const channels = tagged(records, 'channels', 'conv1/output');
  for (const each of [inputs, outputs, channels]) {
    expect(each.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, step) => step));
  }
  expect([inputs[0]!.width, inputs[0]!.height]).toEqual([8 * 32, 8 * 32]);
  expect([outputs[0]!.width, outputs[0]!.height]).toEqual([8 * 30, 16 * 30]);

  const weight = tagged(records, 'tensor', 'conv1/weight')[0]!;
  const bias = tagged(records, 'tensor', 'conv1/bias')[0]!;
  expect(weight.shape).toEqual([6, 3, 3, 3]);
  const input = { data: Float32Array.from(planes[64 + 3]!, (byte) => byte / 255), shape: [3, 32, 32] };
  const expected = plainConv2d(
    input,
    { data: weight.values!, shape: weight.shape },
    { data: bias.values!, shape: bias.shape },
  );
  const maps = decodeChannels(channels[1]!, 3, inflate).values();
  const worst = Array.from(expected.data, (value, i) => {
    const c = Math.floor(i / 900);
    return Math.abs(maps[i]! - value) - (channels[1]!.hi[c]! - channels[1]!.lo[c]!) / 510;
  });
  expect(Math.max(...worst)).toBeLessThan(1e-5);
  // The reshape makes channels 3, 4, 5 of picture 3 the eighth picture: row 0, column 7.
  expectPixels(outputs[1]!, 7, expected.data.subarray(3 * 900));
  expectPixels(inputs[1]!, 3, input.data);
}

describe('the same program in PyTorch', () => {
  it('writes a log with the same structure, and the same numbers as convscope computes', async () => {
    const records = readLog(TORCH_LOG);
    const outputs = tagged(records, 'image', 'nn_conv2d_output');
    expect(tagged(records, 'image', 'nn_conv2d_input').map(({ width, height }) => [width, height])).toEqual([
      [128, 32],
      [128, 32],
    ]);
    expect(outputs.map(({ step, width, height }) => [step, width, height])).toEqual([
      [0, 240, 30],
      [1, 240, 30],
    ]);
    const [weight, bias] = ['conv1/weight', 'conv1/bias'].map((tag) => tagged(records, 'tensor', tag)[0]!);
    const maps = tagged(records, 'tensor', 'conv1/output');
    expect(maps.map(({ shape }) => shape)).toEqual([
      [4, 6, 30, 30],
      [4, 6, 30, 30],
    ]);
    const { planes } = (await readOfficialFiles(SUBSET)).test;
    const input = { data: Float32Array.from(planes[4 + 2]!, (byte) => byte / 255), shape: [3, 32, 32] };
    const ours = plainConv2d(
      input,
      { data: weight!.values!, shape: weight!.shape },
      { data: bias!.values!, shape: bias!.shape },
    );
    const theirs = maps[1]!.values!.subarray(2 * 5400, 3 * 5400);
    expect(Math.max(...ours.data.map((value, i) => Math.abs(value - theirs[i]!)))).toBeLessThan(1e-5);
    expectPixels(outputs[1]!, 4, ours.data);
  });
});

function tagged<K extends RecordKind>(records: readonly RunRecord[], kind: K, tag: string): RecordOf<K>[] {
  const found = records.filter((record) => record.tag === tag);
  expect(found.length).toBeGreaterThan(0);
  return found.map((record) => asKind(record, kind));
}

/** Expects the picture at this place in the grid to show these values, [3, side, side], within the rounding to a byte. */
function expectPixels(record: RecordOf<'image'>, place: number, values: ArrayLike<number>): void {
  const { width, pixels, channels } = decodePng(record.images[0]!, inflate);
  // Pictures have 32 pixels per side, or 30 after the convolution. There are eight per row, unless there are fewer.
  const size = width % 30 === 0 ? 30 : 32;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const expected = Math.min(255, Math.max(0, values[(c * size + y) * size + x]! * 255));
        const at = (y + Math.floor(place / 8) * size) * width + (place % 8) * size + x;
        expect(Math.abs(pixels[at * channels + c]! - expected)).toBeLessThan(1.001);
      }
    }
  }
}
