import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import type * as tfjs from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../tfjs/backend.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { conv2dLayer } from './conv2d-layer.js';

let tf: Tf;

beforeAll(async () => {
  ({ tf } = await loadBackend({ wanted: 'wasm', threads: 1 }));
});

/** A model with groups, dilation, 'same' padding with an odd total, and a padding mode. */
function model(): tfjs.Sequential {
  return tf.sequential({
    layers: [
      conv2dLayer(tf, {
        inChannels: 3,
        outChannels: 6,
        kernelSize: 3,
        padding: 1,
        paddingMode: 'reflect',
        inputShape: [8, 7, 3],
        seed: 3,
      }),
      tf.layers.reLU(),
      conv2dLayer(tf, {
        inChannels: 6,
        outChannels: 4,
        kernelSize: [2, 3],
        padding: 'same',
        groups: 2,
        seed: 5,
      }),
      conv2dLayer(tf, {
        inChannels: 4,
        outChannels: 2,
        kernelSize: 3,
        stride: 2,
        dilation: 2,
        padding: 2,
        bias: false,
        seed: 7,
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });
}

async function savedAndLoaded(saved: tfjs.Sequential): Promise<tfjs.LayersModel> {
  let artifacts: tfjs.io.ModelArtifacts | undefined;
  await saved.save({
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  // Through JSON text, as in a file.
  const topology = JSON.parse(JSON.stringify(artifacts!.modelTopology)) as tfjs.io.ModelJSON;
  return tf.loadLayersModel({ load: async () => ({ ...artifacts!, modelTopology: topology }) });
}

describe('the Conv2d layer', () => {
  it('computes the same from NHWC pictures as PyTorch with its weights', () => {
    tf.tidy(() => {
      const layer = conv2dLayer(tf, {
        inChannels: 2,
        outChannels: 4,
        kernelSize: [3, 2],
        stride: [1, 2],
        padding: [1, 0],
        groups: 2,
        seed: 1,
      });
      const input = tf.randomUniform([2, 5, 6, 2], -1, 1, 'float32', 9);
      const output = layer.apply(input) as Tensor;
      const { weight, bias } = layer.pytorchWeights();
      expect(weight.shape).toEqual([4, 1, 3, 2]);
      const plain = plainConv2d(
        { data: tf.transpose(input, [0, 3, 1, 2]).dataSync() as Float32Array, shape: [2, 2, 5, 6] },
        { data: weight.dataSync() as Float32Array, shape: weight.shape },
        { data: bias!.dataSync() as Float32Array, shape: [4] },
        { stride: [1, 2], padding: [1, 0], groups: 2 },
      );
      const nchw = tf.transpose(output, [0, 3, 1, 2]);
      expect(nchw.shape).toEqual(plain.shape);
      const values = nchw.dataSync();
      expect(Math.max(...plain.data.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(1e-5);
    });
  });

  it('is saved and loaded with a model, including weights and parameters', async () => {
    const original = model();
    const loaded = await savedAndLoaded(original);
    tf.tidy(() => {
      const pictures = tf.randomUniform([2, 8, 7, 3], -1, 1, 'float32', 4);
      const [expected, actual] = [original, loaded].map((each) =>
        (each.predict(pictures) as Tensor).dataSync(),
      );
      expect([...actual!]).toEqual([...expected!]);
    });
    expect(loaded.layers[2]!.getConfig()).toMatchObject({ padding: 'same', groups: 2, kernelSize: [2, 3] });
    original.dispose();
    loaded.dispose();
  });

  it('can be trained: the loss falls, and a training step leaks no tensors', async () => {
    const trained = model();
    trained.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    const [x, y] = tf.tidy(() => [
      tf.randomUniform([6, 8, 7, 3], -1, 1, 'float32', 2),
      tf.randomUniform([6, 3], -1, 1, 'float32', 8),
    ]);
    const first = (await trained.trainOnBatch(x!, y!)) as number;
    const before = tf.memory().numTensors;
    let last = first;
    for (let step = 0; step < 30; step++) last = (await trained.trainOnBatch(x!, y!)) as number;
    expect(tf.memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first / 5);
    tf.dispose([x, y]);
    trained.dispose();
  });

  it('uses changed weights, leaks no tensors by it, and holds none after dispose()', () => {
    const start = tf.memory().numTensors;
    const layer = conv2dLayer(tf, { inChannels: 1, outChannels: 1, kernelSize: 1, bias: false });
    const answer = (weight: number) =>
      tf.tidy(() => {
        layer.setWeights([tf.fill([1, 1, 1, 1], weight)]);
        return (layer.apply(tf.ones([1, 1, 1, 1])) as Tensor).dataSync()[0];
      });
    tf.tidy(() => {
      layer.apply(tf.ones([1, 1, 1, 1]));
    });
    const built = tf.memory().numTensors;
    expect([answer(2), answer(3), answer(3)]).toEqual([2, 3, 3]);
    expect(tf.memory().numTensors).toBe(built);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });

  it('has the same initial weights for the same seed, and others without a seed', () => {
    const weights = [1, 1, undefined, undefined].map((seed) => {
      const layer = conv2dLayer(tf, {
        inChannels: 3,
        outChannels: 6,
        kernelSize: 3,
        ...(seed === undefined ? {} : { seed }),
      });
      tf.tidy(() => {
        layer.apply(tf.zeros([1, 3, 3, 3]));
      });
      const values = [...layer.getWeights()[0]!.dataSync()];
      layer.dispose();
      return values;
    });
    expect(weights[0]).toEqual(weights[1]);
    expect(weights[2]).not.toEqual(weights[3]);
  });

  it.each([
    ['dense', 4, 6, 1],
    ['in groups', 4, 6, 2],
    ['depthwise', 3, 6, 3],
  ])('returns the PyTorch weights that were set: %s', (_, inChannels, outChannels, groups) => {
    tf.tidy(() => {
      const layer = conv2dLayer(tf, { inChannels, outChannels, kernelSize: [3, 2], groups, bias: false });
      const input = tf.randomUniform([2, 5, 6, inChannels], -1, 1, 'float32', 9);
      layer.apply(input);
      const weight = tf.randomUniform(
        [outChannels, inChannels / groups, 3, 2],
        -1,
        1,
        'float32',
        5,
      ) as Tensor4D;
      layer.setPytorchWeights(weight);
      expect(layer.pytorchWeights().weight.shape).toEqual(weight.shape);
      expect([...layer.pytorchWeights().weight.dataSync()]).toEqual([...weight.dataSync()]);
      const plain = plainConv2d(
        { data: tf.transpose(input, [0, 3, 1, 2]).dataSync() as Float32Array, shape: [2, inChannels, 5, 6] },
        { data: weight.dataSync() as Float32Array, shape: weight.shape },
        undefined,
        { groups },
      );
      const values = tf.transpose(layer.apply(input) as Tensor, [0, 3, 1, 2]).dataSync();
      expect(Math.max(...plain.data.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(1e-5);
      layer.dispose();
    });
  });

  it('accepts weights from PyTorch, and refuses those of another shape', () => {
    tf.tidy(() => {
      const layer = conv2dLayer(tf, { inChannels: 2, outChannels: 4, kernelSize: [1, 2], groups: 2 });
      const weight = tf.range(0, 8).reshape([4, 1, 1, 2]) as Tensor4D;
      const bias = tf.range(0, 4) as Tensor1D;
      expect(() => layer.setPytorchWeights(weight, bias)).toThrow('The layer has no weights yet');
      layer.apply(tf.ones([1, 1, 2, 2]));
      expect(() => layer.setPytorchWeights(tf.zeros([4, 2, 1, 2]), bias)).toThrow(
        'The weight of this layer has the shape [4, 1, 1, 2], but got [4, 2, 1, 2].',
      );
      expect(() => layer.setPytorchWeights(weight)).toThrow(
        'The bias of this layer has the shape [4], but got none.',
      );
      layer.setPytorchWeights(weight, bias);
      expect([...layer.pytorchWeights().weight.dataSync()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      // 0 + 1 + 0, 2 + 3 + 1, 4 + 5 + 2, 6 + 7 + 3
      expect([...(layer.apply(tf.ones([1, 1, 2, 2])) as Tensor).dataSync()]).toEqual([1, 6, 11, 16]);
      layer.dispose();
    });
  });

  it('knows its output shape if height and width are unknown', () => {
    const input = tf.input({ shape: [null, null, 3] });
    const output = conv2dLayer(tf, { inChannels: 3, outChannels: 6, kernelSize: 3 }).apply(
      input,
    ) as tfjs.SymbolicTensor;
    expect(output.shape).toEqual([null, null, null, 6]);
  });

  it("refuses with PyTorch's messages while the model is being built", () => {
    expect(() => conv2dLayer(tf, { inChannels: 3, outChannels: 4, kernelSize: 3, groups: 2 })).toThrow(
      'in_channels must be divisible by groups',
    );
    expect(() =>
      tf.sequential({
        layers: [conv2dLayer(tf, { inChannels: 3, outChannels: 4, kernelSize: 9, inputShape: [8, 8, 3] })],
      }),
    ).toThrow("Kernel size: (9 x 9). Kernel size can't be greater than actual input size");
  });
});
