/**
 * Measures images a second of the whole job (data, augmentation, optimiser, log, hub) with captures and without, alternated in
 * one run, beside a bare loop: the same net on one fixed batch, tf.conv2d and tf.train.momentum, nothing else.
 *
 *   node scripts/dist/bench/training.js [--backends wasm,tfjs-node] [--steps 300] [--rounds 3] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { CAPTURE_BUDGET } from '@convscope/shared/capture-cost.js';
import { CLI, PICTURES } from '#server/testing/product.js';
import { BACKEND_NAMES, type BackendName, loadBackend } from '#server/tfjs/backend.js';
import { cifarDirectory } from '#server/trainer/data/cifar/cache.js';
import { measuringFolder, startConvscope } from '../browser/support/convscope.js';
import { oneOf, readCommandLine, refuse, text, wholeNumber } from '../command-line.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/training.js',
  purpose:
    'Measures images a second of the whole job, with captures and without, beside a bare loop of the same net.',
  flags: {
    backends: text('NAMES', 'backends to measure, separated by commas', 'wasm,tfjs-node'),
    steps: wholeNumber('measured steps', 300),
    rounds: wholeNumber('rounds, in which who goes first alternates', 3),
    json: jsonFlag,
    bare: oneOf(
      BACKEND_NAMES,
      'only run the bare loop on this backend, as the bench does in a process of its own',
    ),
  },
});
const backends = flags.backends.split(',').map((name) => {
  const found = BACKEND_NAMES.find((one) => one === name);
  return found ?? refuse(`--backends takes names of ${BACKEND_NAMES.join(', ')}, not "${name}".`);
});
const BATCH = 64;
const WARM_UP = 40;
const STEPS = flags.steps;
const DATA = existsSync(cifarDirectory()) ? cifarDirectory() : PICTURES;
const CONVS = [
  [3, 16, true],
  [16, 32, false],
  [32, 32, true],
  [32, 64, true],
] as const;

async function bare(name: BackendName): Promise<number> {
  const { tf } = await loadBackend({ wanted: name });
  const init = (shape: number[], fanIn: number) =>
    tf.variable(tf.randomUniform(shape, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn)));
  const kernels = CONVS.map(([from, to]) => init([3, 3, from, to], 9 * from));
  const biases = CONVS.map(([from, to]) => init([to], 9 * from));
  const dense = init([1024, 10], 1024);
  const denseBias = init([10], 1024);
  const pictures = tf.randomNormal([BATCH, 32, 32, 3]);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: BATCH }, (_, i) => i % 10),
      'int32',
    ),
    10,
  );
  const optimizer = tf.train.momentum(0.05, 0.9);
  const step = async () => {
    const loss = optimizer.minimize(() => {
      let x = pictures as ReturnType<typeof tf.tensor4d>;
      CONVS.forEach(([, , pool], i) => {
        x = tf.relu(tf.add(tf.conv2d(x, kernels[i] as never, 1, 'same'), biases[i]!));
        if (pool) x = tf.maxPool(x, 2, 2, 'valid');
      });
      const logits = tf.add(tf.matMul(tf.reshape(x, [BATCH, 1024]), dense as never), denseBias);
      return tf.losses.softmaxCrossEntropy(labels, logits) as never;
    }, true)!;
    await loss.data();
    loss.dispose();
  };
  for (let i = 0; i < WARM_UP; i++) await step();
  const started = performance.now();
  for (let i = 0; i < STEPS; i++) await step();
  return (STEPS * BATCH * 1000) / (performance.now() - started);
}

interface Line {
  readonly tag: string;
  readonly step: number;
  readonly wallTime: number;
}

/** Images a second from the end of the warm-up to the last step, without evaluations. */
async function job(
  backend: string,
  captures: boolean,
): Promise<{ rate: number; every: number; milliseconds: number }> {
  const folder = measuringFolder();
  try {
    const convscope = await startConvscope(folder, 'train', [
      '--data',
      DATA,
      '--backend',
      backend,
      '--steps',
      String(WARM_UP + STEPS),
      '--exit-when-done',
      '--capture-every',
      captures ? 'auto' : '0',
    ]);
    if ((await convscope.ended) !== 0) throw new Error(convscope.output());
    const run = join(folder.logdir, readdirSync(folder.logdir)[0]!);
    const lines = execFileSync(process.execPath, [CLI, 'dump', run, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line & { value?: number });
    const losses = lines.filter(({ tag, step }) => tag === 'train/loss' && step >= WARM_UP);
    const [first, last] = [losses[0]!, losses.at(-1)!];
    const mean = (tag: string) => {
      const values = lines
        .filter((line) => line.tag === tag && line.step >= WARM_UP)
        .map((line) => line.value!);
      return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
    };
    return {
      rate: ((last.step - first.step) * BATCH) / (last.wallTime - first.wallTime),
      every: mean('perf/capture_every'),
      milliseconds: mean('perf/capture_ms'),
    };
  } finally {
    folder.remove();
  }
}

if (flags.bare) {
  process.stdout.write(`${await bare(flags.bare)}\n`);
  process.exit(0);
}

const rows: BenchRow[] = [];
for (const backend of backends) {
  const bareLoop: number[] = [];
  const without: number[] = [];
  const captured: number[] = [];
  const every: number[] = [];
  const milliseconds: number[] = [];
  for (let round = 0; round < flags.rounds; round++) {
    const printed = execFileSync(
      process.execPath,
      [process.argv[1]!, '--bare', backend, '--steps', String(STEPS)],
      { encoding: 'utf8' },
    );
    bareLoop.push(Number(printed.trim().split('\n').at(-1)));
    // Alternate which goes first, so that a machine that slows down favours neither.
    for (const captures of round % 2 === 0 ? [false, true] : [true, false]) {
      const seen = await job(backend, captures);
      (captures ? captured : without).push(seen.rate);
      if (!captures) continue;
      every.push(seen.every);
      milliseconds.push(seen.milliseconds);
    }
    process.stderr.write(
      `${backend} round ${round + 1}: bare ${bareLoop.at(-1)!.toFixed(0)}, job ${without.at(-1)!.toFixed(0)}, with maps ${captured.at(-1)!.toFixed(0)} images/s, a capture every ${every.at(-1)!.toFixed(0)} steps costs ${milliseconds.at(-1)!.toFixed(0)} ms\n`,
    );
  }
  // Compare within a round: the machine's speed drifts between rounds.
  const paired = captured.map((rate, i) => rate / without[i]!);
  rows.push(
    benchRow({
      name: `${backend}: the job beside a bare loop`,
      unit: 'images/s',
      ours: without,
      peer: bareLoop,
    }),
    benchRow({
      name: `${backend}: with captures beside without`,
      unit: 'images/s',
      ours: captured,
      peer: without,
    }),
    benchRow({
      name: `${backend}: with captures ÷ without, round by round`,
      unit: '×',
      ours: paired,
      wanted: 1 - CAPTURE_BUDGET.usual / 100,
    }),
    benchRow({ name: `${backend}: from capture to capture`, unit: 'steps', ours: every }),
    benchRow({ name: `${backend}: a capture`, unit: 'ms', ours: milliseconds }),
  );
}
report('training', rows, flags.json);
