/** Logs every conv layer's maps for the probe pictures, in a forward pass of its own. */
import type { CaptureChoice } from '@convscope/shared/capture-cost.js';
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
  /** Estimated bytes that one capture adds to the log. */
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

  /** The chosen layers and those of whose maps their inputs are computed. */
  function layersOf({ layers: names }: CaptureChoice): ReadonlySet<string> {
    if (names === null) return new Set(layers);
    const sources = convolutions
      .filter(({ name }) => names.includes(name))
      .map((layer) => inputSource(network.model, layer))
      .flatMap((source) => (source.from === 'record' ? [source.tag] : []));
    return new Set(
      layers.filter(
        (name) =>
          names.includes(name) ||
          sources.includes(channelsTag(name, 'preactivation')) ||
          sources.includes(channelsTag(name, 'input')),
      ),
    );
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
    captureBytes() {
      const parameters = network.parameters.filter(isWritten);
      const values = countMapValues(network, captured, withInput, chosen.gradients) * batch.probes.length;
      return parameters.reduce((sum, { shape }) => sum + 4 * elementsOf(shape), values);
    },
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

function countMapValues(
  network: Network,
  captured: ReadonlySet<string>,
  withInput: ReadonlySet<string>,
  gradients: boolean,
): number {
  const shapes = layerShapes(network.model);
  const size = (name: string) => shapes.get(name)!.reduce((a, b) => a * b, 1);
  let values = 0;
  for (const layer of network.model.layers) {
    if (layer.type !== 'conv2d' || !captured.has(layer.name)) continue;
    values += size(layer.name) * (gradients ? 2 : 1);
    if (withInput.has(layer.name)) values += size(layer.from);
  }
  return values;
}
