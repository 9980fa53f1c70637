/**
 * Measures what PyTorch's semantics cost: the Conv2d layer against tf.conv2d on NHWC tensors with the same padding, and
 * the conv2d function against tf.conv2d with the same transposes; forward, and forward with backward. Both sides take
 * turns in one process, so that the machine's noise meets both.
 *
 *   node scripts/dist/bench/conv2d.js [--backend NAME] [--json FILE]
 */
import { conv2d } from '#server/conv2d/conv2d.js';
import { conv2dLayer } from '#server/conv2d/conv2d-layer.js';
import { BACKEND_NAMES, loadBackend } from '#server/tfjs/backend.js';
import type { Tensor, Tensor4D, Tf } from '#server/tfjs/tf.js';
import { oneOf, readCommandLine } from '../command-line.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

interface Layer {
  readonly name: string;
  readonly batch: number;
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly depthwise?: true;
}

const LAYERS: readonly Layer[] = [
  { name: 'first of the convnet', batch: 64, size: 32, from: 3, to: 32, kernel: 3, padding: 1 },
  { name: 'second of the convnet', batch: 64, size: 16, from: 32, to: 64, kernel: 3, padding: 1 },
  { name: 'article, 3 → 6', batch: 64, size: 32, from: 3, to: 6, kernel: 3 },
  { name: 'LeNet, 5×5', batch: 64, size: 28, from: 6, to: 16, kernel: 5 },
  { name: 'residual, stride 2', batch: 64, size: 32, from: 16, to: 32, kernel: 3, stride: 2, padding: 1 },
  {
    name: 'ResNet stem, 7×7 stride 2',
    batch: 8,
    size: 96,
    from: 3,
    to: 32,
    kernel: 7,
    stride: 2,
    padding: 3,
  },
  { name: 'pointwise', batch: 64, size: 16, from: 64, to: 64, kernel: 1 },
  { name: 'dilation 2', batch: 32, size: 32, from: 16, to: 16, kernel: 3, padding: 2, dilation: 2 },
  { name: 'depthwise', batch: 32, size: 32, from: 32, to: 32, kernel: 3, padding: 1, depthwise: true },
];

const COMPARISON_MS = 2000;
const FEWEST_CALLS = 15;
const MOST_CALLS = 300;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/conv2d.js',
  purpose:
    'Measures conv2d and the Conv2d layer beside tf.conv2d on nine kinds of layers, in milliseconds a call.',
  flags: { backend: oneOf(BACKEND_NAMES, 'the backend, else the best that loads'), json: jsonFlag },
});
const backend = await loadBackend({ wanted: flags.backend });
process.stdout.write(`${backend.describe()}\n\n`);
report(
  'conv2d',
  LAYERS.flatMap((layer) => benchLayer(backend.tf, layer)),
  flags.json,
);
process.exit(0);

function benchLayer(tf: Tf, layer: Layer): BenchRow[] {
  const { batch, size, from, to, kernel, stride = 1, padding = 0, dilation = 1, depthwise } = layer;
  const groups = depthwise ? from : 1;
  const options = { stride, padding, dilation, groups };
  const module = conv2dLayer(tf, {
    inChannels: from,
    outChannels: to,
    kernelSize: kernel,
    bias: false,
    ...options,
  });
  const nhwc = tf.randomNormal([batch, size, size, from]) as Tensor4D;
  const nchw = tf.transpose(nhwc, [0, 3, 1, 2]);
  tf.tidy(() => {
    module.apply(nhwc);
  });
  const held = module.getWeights()[0] as Tensor4D; // [k, k, from/groups, to]
  const { weight } = module.pytorchWeights(); // [to, from/groups, k, k]
  const filter = tf.transpose(weight, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]) as Tensor4D;
  const reference = (x: Tensor4D, w: Tensor4D) => plainTf(tf, x, w, layer);
  const free = (x: Tensor, w: Tensor) => conv2d(tf, x, w, undefined, options);
  const turned = (x: Tensor, w: Tensor) =>
    tf.transpose(
      reference(
        tf.transpose(x, [0, 2, 3, 1]) as Tensor4D,
        tf.transpose(w, depthwise ? [2, 3, 0, 1] : [2, 3, 1, 0]) as Tensor4D,
      ),
      [0, 3, 1, 2],
    );
  const both = (run: (x: Tensor, w: Tensor) => Tensor) => tf.grads((x: Tensor, w: Tensor) => run(x, w));
  const dy = tf.tidy(() => tf.onesLike(reference(nhwc, filter)));
  const dyNchw = tf.transpose(dy, [0, 3, 1, 2]);
  const applied = (x: Tensor) => module.apply(x) as Tensor;
  // tfjs itself has no gradient for dilated convolutions, nor for depthwise ones on wasm.
  const hasGradient =
    dilation === 1 &&
    !(depthwise && tf.getKernel('DepthwiseConv2dNativeBackpropInput', tf.getBackend()) === undefined);
  const gradient = (run: (x: Tensor, w: Tensor) => Tensor, x: Tensor, w: Tensor, d: Tensor) => () =>
    both(run)([x, w], d);
  const named = `${backend.name}, ${layer.name}`;
  const rows = [
    compare(
      tf,
      `${named}: layer, forward`,
      () => applied(nhwc),
      () => reference(nhwc, filter),
    ),
    compare(
      tf,
      `${named}: layer, forward + backward`,
      gradient(applied, nhwc, held, dy),
      hasGradient ? gradient(reference as (x: Tensor, w: Tensor) => Tensor, nhwc, filter, dy) : undefined,
    ),
    compare(
      tf,
      `${named}: conv2d, forward`,
      () => free(nchw, weight),
      () => turned(nchw, weight),
    ),
    compare(
      tf,
      `${named}: conv2d, forward + backward`,
      gradient(free, nchw, weight, dyNchw),
      hasGradient ? gradient(turned, nchw, weight, dyNchw) : undefined,
    ),
  ];
  tf.dispose([nhwc, nchw, weight, filter, dy, dyNchw]);
  module.dispose();
  return rows;
}

/** tf.conv2d as a user would call it. Native TensorFlow takes explicit padding only as a tf.pad before it. */
function plainTf(tf: Tf, x: Tensor4D, filter: Tensor4D, layer: Layer): Tensor4D {
  const { stride = 1, padding = 0, dilation = 1, kernel, depthwise } = layer;
  const same = stride === 1 && 2 * padding === dilation * (kernel - 1);
  const explicit: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0],
  ];
  const native = tf.getBackend() === 'tensorflow';
  const pad = padding === 0 ? 'valid' : same ? 'same' : native ? 'valid' : explicit;
  const input = native && pad === 'valid' && padding > 0 ? tf.pad(x, explicit) : x;
  if (depthwise) return tf.depthwiseConv2d(input, filter, stride, pad as 'valid' | 'same', 'NHWC', dilation);
  return tf.conv2d(input, filter, stride, pad, 'NHWC', dilation);
}

function compare(tf: Tf, name: string, ours: () => unknown, theirs: (() => unknown) | undefined): BenchRow {
  const once = (run: () => unknown) => {
    tf.tidy(() => {
      run();
    });
  };
  const sides = [ours, ...(theirs ? [theirs] : [])];
  const timed = (run: () => unknown) => {
    const start = performance.now();
    once(run);
    return performance.now() - start;
  };
  for (const run of sides) once(run);
  const pair = sides.reduce((sum, run) => sum + timed(run), 0);
  const calls = Math.min(MOST_CALLS, Math.max(FEWEST_CALLS, Math.round(COMPARISON_MS / pair)));
  const times: number[][] = sides.map(() => []);
  for (let call = 0; call < calls; call++) {
    // Alternate call by call, and alternate which goes first, so that noise meets both alike.
    for (const side of call % 2 === 0 ? [0, 1] : [1, 0]) {
      const run = sides[side];
      if (run) times[side]!.push(timed(run));
    }
  }
  const [mine, other] = times as [number[], number[]?];
  return benchRow({ name, unit: 'ms', ours: mine, peer: other });
}
