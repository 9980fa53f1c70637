/** Logs every conv layer's maps for the probe pictures, in a forward pass of its own. */
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import {
  biasTag,
  channelsTag,
  PROBE_INPUT_TAG,
  PROBE_PICTURES_TAG,
  PROBE_PREDICTIONS_TAG,
  weightTag,
} from '@convscope/shared/run-description.js';
import type { ChannelRole } from '@convscope/shared/run-record.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tf } from '../../tfjs/tf.js';
import { type RunLog, wallTime } from '../../writer/run-log.js';
import { type BatchAssembler, pictureTensor } from '../data/batches.js';
import type { ProbeChoice } from '../data/probes.js';
import type { PictureSet } from '../data/training-data.js';
import { layersWithLoggedInput } from '../net/describe-model.js';
import { crossEntropy } from '../net/loss.js';
import { layerShapes } from '../net/models.js';
import { forward, type Network } from '../net/network.js';
import { toPyTorchLayout } from '../net/weights-file.js';

export interface TapOptions {
  readonly choice: ProbeChoice;
  readonly test: PictureSet;
  readonly assembler: BatchAssembler;
  /** Whether to log d(loss of the probes) / d(pre-activation) of every conv layer too. */
  readonly gradients: boolean;
}

export interface Tap {
  /**
   * Captures the state after `step` updates. Returns the milliseconds that it took on the caller's thread. The first capture
   * logs the probe pictures too: normalised, as the model sees them, and as PNGs.
   */
  capture(step: number): Promise<number>;
  /** Estimated bytes that one capture adds to the log. */
  readonly captureBytes: number;
  dispose(): void;
}

interface Reading {
  readonly layer: string;
  readonly role: ChannelRole;
  readonly tensor: Tensor4D;
}

export function createTap(tf: Tf, network: Network, log: RunLog, options: TapOptions): Tap {
  const { choice, test, assembler } = options;
  const { side } = test;
  const pictures = pictureTensor(tf, assembler, test, choice.statistics);
  const probePictures = tf.tidy(
    () => tf.slice(pictures, [0, 0, 0, 0], [choice.probes.length, side, side, 3]) as Tensor4D,
  );
  const labels = tf.tensor1d(
    Int32Array.from(choice.probes, ({ label }) => label),
    'int32',
  ) as Tensor1D;
  const probeNumbers = choice.probes.map((_, index) => index);
  let probesLogged = false;
  const loggedInputs = new Set(layersWithLoggedInput(network.model).map(({ name }) => name));

  const logMaps = async ({ layer, role, tensor }: Reading, step: number) => {
    const [count, height, width, channels] = tensor.shape;
    const values = (await tensor.data()) as Float32Array;
    const shape = { pictures: count, height, width, channels };
    const statistics = channelStatistics(values, shape, 'NHWC', role);
    const probes = choice.probes.length;
    log.maps({
      tag: channelsTag(layer, role as Exclude<ChannelRole, 'weight'>),
      layer,
      role,
      step,
      // A copy, because its buffer is transferred to the writer's thread.
      values: values.slice(0, probes * height * width * channels),
      pictures: probes,
      height,
      width,
      channels,
      probes: probeNumbers,
      statistics,
    });
  };

  const logParameters = async (step: number) => {
    for (const parameter of network.parameters) {
      const layer = network.model.layers.find(({ name }) => name === parameter.layer);
      if (layer?.type !== 'conv2d') continue;
      const values = (await parameter.variable.data()) as Float32Array;
      const native = toPyTorchLayout(network.model, parameter, values);
      const tag = parameter.name.endsWith('.weight') ? weightTag(parameter.layer) : biasTag(parameter.layer);
      log.tensor(tag, step, 'float32', native.shape, native.values);
    }
  };

  const logProbes = (step: number) => {
    const rows = assembler.assemble(test, choice.statistics.slice(0, choice.probes.length));
    log.tensor(
      PROBE_INPUT_TAG,
      step,
      'float32',
      [choice.probes.length, 3, side, side],
      toPlanes(rows, choice.probes.length, side),
    );
    log.record({
      kind: 'image',
      tag: PROBE_PICTURES_TAG,
      step,
      wallTime: wallTime(),
      width: side,
      height: side,
      images: choice.probes.map(({ index }) => pngOf(test.planes[index]!, side)),
    });
  };

  const mapValues = countMapValues(network, loggedInputs, options.gradients) * choice.probes.length;
  const parameterBytes = network.parameters.reduce(
    (sum, { shape }) => sum + (shape.length === 4 ? 4 * shape.reduce((a, b) => a * b, 1) : 0),
    0,
  );
  return {
    captureBytes: mapValues + parameterBytes,
    async capture(step) {
      const started = performance.now();
      if (!probesLogged) logProbes(step);
      probesLogged = true;
      const readings: Reading[] = [];
      const predictions = tf.tidy(() => {
        const logits = forward(tf, network, pictures, {
          read: ({ layer, input, preactivation }) => {
            if (loggedInputs.has(layer.name))
              readings.push({ layer: layer.name, role: 'input', tensor: tf.keep(tf.clone(input)) });
            readings.push({ layer: layer.name, role: 'preactivation', tensor: tf.keep(preactivation) });
          },
        });
        return tf.softmax(tf.slice(logits, [0, 0], [choice.probes.length, -1]) as Tensor2D);
      });
      if (options.gradients) readings.push(...probeGradients(tf, network, probePictures, labels));
      try {
        for (const reading of readings) {
          await logMaps(reading, step);
          reading.tensor.dispose();
        }
        const values = (await predictions.data()) as Float32Array;
        log.tensor(PROBE_PREDICTIONS_TAG, step, 'float32', predictions.shape, values);
        await logParameters(step);
      } finally {
        tf.dispose([predictions, ...readings.map(({ tensor }) => tensor)]);
      }
      return performance.now() - started;
    },
    dispose() {
      tf.dispose([pictures, probePictures, labels]);
    },
  };
}

/** d(mean cross-entropy of the probes) / d(pre-activation): the gradient of zeros that are added to the pre-activations. */
function probeGradients(tf: Tf, network: Network, pictures: Tensor4D, labels: Tensor1D): Reading[] {
  const shapes = layerShapes(network.model);
  const names = network.model.layers.filter(({ type }) => type === 'conv2d').map(({ name }) => name);
  return tf.tidy(() => {
    const zeros = names.map((name) => {
      const [channels, height, width] = shapes.get(name)!;
      return tf.zeros([pictures.shape[0], height, width, channels]) as Tensor4D;
    });
    const loss = (...offsets: Tensor[]) =>
      crossEntropy(
        tf,
        forward(tf, network, pictures, {
          offsets: new Map(names.map((name, i) => [name, offsets[i] as Tensor4D])),
        }),
        labels,
      );
    const gradients = tf.grads(loss as never)(zeros as never) as Tensor4D[];
    return names.map((layer, i) => ({ layer, role: 'gradient' as const, tensor: tf.keep(gradients[i]!) }));
  });
}

function countMapValues(network: Network, loggedInputs: ReadonlySet<string>, gradients: boolean): number {
  const shapes = layerShapes(network.model);
  const size = (name: string) => shapes.get(name)!.reduce((a, b) => a * b, 1);
  let values = 0;
  for (const layer of network.model.layers) {
    if (layer.type !== 'conv2d') continue;
    values += size(layer.name) * (gradients ? 2 : 1);
    if (loggedInputs.has(layer.name)) values += size(layer.from);
  }
  return values;
}

/** A square picture given as red, green and blue planes. */
function pngOf(planes: Uint8Array, side: number): Uint8Array {
  const plane = side * side;
  const pixels = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = planes[c * plane + i]!;
  }
  return encodePng(pixels, side, side, 3, (rows) => deflateSync(rows));
}

/** [picture, y, x, channel] → [picture, channel, y, x]. */
function toPlanes(values: Float32Array, pictures: number, side: number): Float32Array {
  const out = new Float32Array(values.length);
  const plane = side * side;
  for (let n = 0; n < pictures; n++) {
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) out[(n * 3 + c) * plane + i] = values[(n * plane + i) * 3 + c]!;
    }
  }
  return out;
}
