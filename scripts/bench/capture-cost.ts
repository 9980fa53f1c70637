/**
 * Measures what a capture costs, layer by layer: reading the maps in the training process and encoding them in the writer's
 * thread, which writes them to a file. No hub and no browser take part.
 *
 *   node scripts/dist/bench/capture-cost.js [--backends wasm,tfjs-node] [--models convnet,resnet8] [--captures 30] [--json FILE]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type CaptureCost, estimateCapture } from '@convscope/shared/capture-cost.js';
import { BACKEND_NAMES, loadBackend } from '#server/tfjs/backend.js';
import { syntheticData } from '#server/trainer/data/synthetic-data.js';
import { layerShapes, MODEL_NAMES, modelNamed } from '#server/trainer/net/models.js';
import { trainOptions } from '#server/trainer/options.js';
import { train } from '#server/trainer/train.js';
import { createRunWriter } from '#server/writer/create-run-writer.js';
import { oneOf, readCommandLine, refuse, text, wholeNumber } from '../command-line.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/capture-cost.js',
  purpose: 'Measures what a capture costs, layer by layer, on each backend.',
  flags: {
    backends: text('NAMES', 'backends to measure, separated by commas', 'wasm,tfjs-node'),
    models: text('NAMES', 'nets to measure, separated by commas', 'convnet,resnet8'),
    captures: wholeNumber('measured captures', 30),
    json: jsonFlag,
    measure: oneOf(BACKEND_NAMES, 'only measure --models, one of them, in this process, as the bench does'),
  },
});

function namesOf<const T extends string>(given: string, known: readonly T[], flag: string): T[] {
  const found = (name: string) => known.find((one) => one === name);
  return given
    .split(',')
    .map((name) => found(name) ?? refuse(`--${flag} takes names of ${known.join(', ')}, not "${name}".`));
}

const models = namesOf(flags.models, MODEL_NAMES, 'models');
/** The first captures run code that is not compiled yet. */
const WARM_UP = 5;
const EVERY = 4;

/** What the training process has measured after each capture. */
async function measure(backendName: (typeof BACKEND_NAMES)[number], model: string): Promise<CaptureCost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'convscope-capture-cost-'));
  const writer = createRunWriter({ name: 'run', logdir: folder, cacheDirectory: folder });
  const costs = new Map<number, CaptureCost>();
  try {
    await writer.ready;
    const backend = await loadBackend({ wanted: backendName });
    const steps = EVERY * (WARM_UP + flags.captures);
    const options = trainOptions.parse({
      ...{ model, steps, epochs: steps },
      ...{ captureEvery: EVERY, captureGradients: true },
    });
    const viewers: typeof writer.viewers = {
      ...writer.viewers,
      announce({ last, cost }) {
        if (last !== null && last.step > EVERY * WARM_UP) costs.set(last.step, cost);
      },
    };
    const hooks = { signal: new AbortController().signal, onProgress: () => {}, log: () => {} };
    await train(options, { backend, data: syntheticData(1, 640, 64) }, { ...writer, viewers }, hooks);
    return [...costs.values()];
  } finally {
    await writer.close();
    rmSync(folder, { recursive: true });
  }
}

if (flags.measure !== undefined) {
  process.stdout.write(`${JSON.stringify(await measure(flags.measure, models[0]!))}\n`);
  process.exit(0);
}

const rows: BenchRow[] = [];
for (const backend of namesOf(flags.backends, BACKEND_NAMES, 'backends'))
  for (const model of models) {
    // tfjs has one engine a process.
    const printed = execFileSync(
      process.execPath,
      [
        ...[process.argv[1]!, '--measure', backend, '--models', model],
        ...['--captures', String(flags.captures)],
      ],
      { encoding: 'utf8' },
    );
    const costs = JSON.parse(printed.trim().split('\n').at(-1)!) as CaptureCost[];
    const shapes = layerShapes(modelNamed(model));
    const add = (name: string, of: (cost: CaptureCost) => number | null | undefined) =>
      rows.push(
        benchRow({
          name: `${backend}, ${model}: ${name}`,
          unit: 'ms',
          ours: costs.flatMap((cost) => of(cost) ?? []),
        }),
      );
    add('a step of training, 64 pictures', ({ step }) => step);
    add('forward pass and kernels', ({ base }) => base);
    for (const layer of Object.keys(costs[0]!.layers)) {
      const [channels, height, width] = shapes.get(layer)!;
      add(`maps of ${layer}, ${channels} × ${height}×${width}`, ({ layers }) => layers[layer]);
    }
    add('gradients of all layers', ({ gradients }) => gradients);
    add('a capture without gradients', (cost) => estimateCapture(cost, { layers: null, gradients: false }));
  }
report('capture-cost', rows, flags.json);
