/** Logs every conv layer's maps for the probe pictures, in a forward pass of its own. */
import {
  type CaptureChoice,
  type CaptureSize,
  captureBytes,
  type LayersAlong,
  withLayersAlong,
} from '@convscope/shared/capture-cost.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { biasTag, channelsTag, PROBE_PREDICTIONS_TAG, weightTag } from '@convscope/shared/run-description.js';
import type { ChannelRole } from '@convscope/shared/run-record.js';
import type { Tensor, Tensor2D, Tensor4D, Tf } from '../../tfjs/tf.js';
import type { RunLog } from '../../writer/run-log.js';
import { type ProbePicture, testPicture } from '../data/probes.js';
import { inputSource, layersWithLoggedInput } from '../net/describe-model.js';
import { layerShapes, type ParameterShape } from '../net/models.js';
import { forward, type Network } from '../net/network.js';
import { toPyTorchLayout } from '../net/weights-file.js';
import type { CaptureTimes } from './cost-meter.js';
import { createProbeBatch, logProbes, type ProbeOptions } from './probe-batch.js';
import { labelsOf, probeGradients } from './probe-gradients.js';

export interface TapOptions extends ProbeOptions {
  readonly classes: readonly string[];
  /** Whether to log d(loss of the probes) / d(pre-activation) of every conv layer too. */
  readonly gradients: boolean;
}

export interface Tap {
  /** The conv layers, in the order of the net. */
  readonly layers: readonly string[];
  readonly along: LayersAlong;
  /** What captures hold from the next one on. */
  choose(choice: CaptureChoice): void;
  chosen(): CaptureChoice;
  readonly probes: readonly ProbePicture[];
  /** Other probes from the next capture on. */
  show(probes: readonly ProbePicture[]): void;
  /**
   * Captures the state after `step` updates. Returns the milliseconds that it took on the caller's thread. The first capture
   * of other probes logs their pictures too: normalised, as the model sees them, and as PNGs.
   */
  capture(step: number): Promise<CaptureTimes>;
  /** Estimated bytes that one capture adds to the log, by what can be chosen. */
  size(): CaptureSize;
  /** Of one of what is chosen. */
  captureBytes(): number;
  dispose(): void;
}

/** 64 kB at every capture. The last layer of a classifier has some thousand weights. */
const MOST_DENSE_WEIGHTS = 16_384;

interface Reading {
  readonly layer: string;
  readonly role: ChannelRole;
  readonly tensor: Tensor4D;
}

export function createTap(tf: Tf, network: Network, log: RunLog, options: TapOptions): Tap {
  const { choice, test } = options;
  const convolutions = network.model.layers.filter((layer) => layer.type === 'conv2d');
  const layers = convolutions.map(({ name }) => name);
  const withInput = new Set(layersWithLoggedInput(network.model).map(({ name }) => name));
  const along = layersAlong(network);
  let chosen: CaptureChoice = { layers: null, gradients: options.gradients };
  let captured = layersOf(chosen);
  let batch = createProbeBatch(
    tf,
    options,
    choice.probes.map(({ index }) => testPicture(test, options.classes, index)),
  );
  /** How many choices of probes have been logged, and whether this one has. */
  let choicesLogged = 0;
  let isLogged = false;

  function layersOf(choice: CaptureChoice): ReadonlySet<string> {
    return new Set(withLayersAlong(choice, along).layers ?? layers);
  }

  const logMaps = async ({ layer, role, tensor }: Reading, step: number): Promise<number> => {
    const [count, height, width, channels] = tensor.shape;
    const values = (await tensor.data()) as Float32Array;
    const size = height * width * channels;
    // The gradients are of the probes only.
    const from = role === 'gradient' ? 0 : batch.statisticsFrom;
    const shape = { pictures: count - from, height, width, channels };
    const statistics = channelStatistics(values.subarray(from * size), shape, 'NHWC', role);
    const pictures = batch.probes.length;
    log.maps({
      tag: channelsTag(layer, role as Exclude<ChannelRole, 'weight'>),
      layer,
      role,
      step,
      // A copy, because its buffer is transferred to the writer's thread.
      values: values.slice(0, pictures * size),
      pictures,
      height,
      width,
      channels,
      probes: batch.probes.map((_, index) => index),
      statistics,
    });
    return pictures * size;
  };

  /**
   * Kernels of the captured layers in full, and the weights of dense layers up to a bound: without them their arithmetic
   * is not known.
   */
  function isWritten({ layer, shape }: ParameterShape): boolean {
    if (layers.includes(layer)) return captured.has(layer);
    return shape.length !== 2 || elementsOf(shape) <= MOST_DENSE_WEIGHTS;
  }

  /** A map takes a byte for each value, and a parameter four. */
  function size(): CaptureSize {
    const shapes = layerShapes(network.model);
    const probes = batch.probes.length;
    const bytesOf = (parameters: readonly ParameterShape[]) =>
      parameters.reduce((sum, { shape }) => sum + 4 * elementsOf(shape), 0);
    const of = (bytes: (layer: (typeof convolutions)[number]) => number) =>
      Object.fromEntries(convolutions.map((layer) => [layer.name, bytes(layer)]));
    return {
      base: bytesOf(network.parameters.filter((one) => !layers.includes(one.layer) && isWritten(one))),
      layers: of(({ name, from }) => {
        const input = withInput.has(name) ? elementsOf(shapes.get(from)!) : 0;
        const maps = probes * (elementsOf(shapes.get(name)!) + input);
        return maps + bytesOf(network.parameters.filter(({ layer }) => layer === name));
      }),
      gradients: of(({ name }) => probes * elementsOf(shapes.get(name)!)),
    };
  }

  const logParameters = async (step: number) => {
    for (const parameter of network.parameters) {
      if (!isWritten(parameter)) continue;
      const values = (await parameter.variable.data()) as Float32Array;
      const native = toPyTorchLayout(network.model, parameter, values);
      const tag = parameter.name.endsWith('.weight') ? weightTag(parameter.layer) : biasTag(parameter.layer);
      log.tensor(tag, step, 'float32', native.shape, native.values);
    }
  };

  return {
    layers,
    along,
    chosen: () => chosen,
    choose(next) {
      chosen = next;
      captured = layersOf(next);
    },
    get probes() {
      return batch.probes;
    },
    show(probes) {
      batch.pictures.dispose();
      batch = createProbeBatch(tf, options, probes);
      isLogged = false;
    },
    size,
    captureBytes: () => captureBytes(size(), withLayersAlong(chosen, along)),
    async capture(step) {
      const started = performance.now();
      const times = { layers: new Map<string, number>(), values: new Map<string, number>() };
      if (!isLogged) logProbes(options, batch.probes, log, step, choicesLogged++ === 0);
      isLogged = true;
      const { pictures, probes } = batch;
      const readings: Reading[] = [];
      const predictions = tf.tidy(() => {
        const logits = forward(tf, network, pictures, {
          read: ({ layer: { name }, input, preactivation }) => {
            if (!captured.has(name)) return;
            if (withInput.has(name))
              readings.push({ layer: name, role: 'input', tensor: tf.keep(tf.clone(input)) });
            readings.push({ layer: name, role: 'preactivation', tensor: tf.keep(preactivation) });
          },
        });
        return tf.softmax(tf.slice(logits, [0, 0], [probes.length, -1]) as Tensor2D);
      });
      const kept: Tensor[] = [predictions];
      try {
        for (const reading of readings) {
          const before = performance.now();
          const values = await logMaps(reading, step);
          reading.tensor.dispose();
          const { layer } = reading;
          times.layers.set(layer, (times.layers.get(layer) ?? 0) + performance.now() - before);
          times.values.set(layer, (times.values.get(layer) ?? 0) + values);
        }
        const values = (await predictions.data()) as Float32Array;
        log.tensor(PROBE_PREDICTIONS_TAG, step, 'float32', predictions.shape, values);
        await logParameters(step);
        let gradients: number | undefined;
        if (chosen.gradients) {
          const before = performance.now();
          const found = probeGradients(tf, network, pictures, labelsOf(probes, values), captured);
          kept.push(...found.map(({ tensor }) => tensor));
          for (const one of found) await logMaps({ ...one, role: 'gradient' }, step);
          gradients = performance.now() - before;
        }
        const total = performance.now() - started;
        return { ...times, total, ...(gradients === undefined ? {} : { gradients }) };
      } finally {
        tf.dispose([...kept, ...readings.map(({ tensor }) => tensor)]);
      }
    },
    dispose() {
      batch.pictures.dispose();
    },
  };
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function layersAlong({ model }: Network): LayersAlong {
  const convolutions = model.layers.filter((layer) => layer.type === 'conv2d');
  return Object.fromEntries(
    convolutions.map((layer) => {
      const source = inputSource(model, layer);
      const tag = source.from === 'record' ? source.tag : undefined;
      const others = convolutions.filter(
        ({ name }) =>
          name !== layer.name &&
          (tag === channelsTag(name, 'preactivation') || tag === channelsTag(name, 'input')),
      );
      return [layer.name, others.map(({ name }) => name)];
    }),
  );
}
