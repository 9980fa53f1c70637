import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackendName, loadBackend } from '../../tfjs/backend.js';
import type { Tensor1D, Tensor4D, Tf } from '../../tfjs/tf.js';
import { MODEL_NAMES, type ModelName, modelNamed } from '../net/models.js';
import { createNetwork, forward } from '../net/network.js';
import { createOptimizer } from '../net/optimizer.js';
import { computeGradients } from '../training-step.js';
import { patternValues } from './pattern-values.js';

interface Networks {
  models: Record<
    ModelName,
    {
      parameters: string[];
      logits: number[];
      loss: number;
      gradientNorms: Record<string, number>;
      gradientSums: Record<string, number>;
    }
  >;
}
interface Optimizers {
  start: number[];
  gradients: number[][];
  cases: {
    optimizer: 'sgd' | 'adam' | 'adamw';
    momentum: number;
    weightDecay: number;
    lr: number;
    weights: number[][];
  }[];
}
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'));

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Compares whole models and optimisers with PyTorch's numbers. */
export function describeAgainstTorch(name: BackendName, threads: number): void {
  describe(`against PyTorch on ${name}`, () => {
    let tf: Tf;
    beforeAll(async () => {
      ({ tf } = await loadBackend({ wanted: name, threads }));
    });

    it.each(MODEL_NAMES)('%s has the same logits, loss and gradients', async (model) => {
      const { models } = fixture('torch-networks.json') as Networks;
      const truth = models[model];
      const network = createNetwork(tf, modelNamed(model), 1);
      expect(network.parameters.map((parameter) => parameter.name)).toEqual(truth.parameters);
      network.parameters.forEach(({ variable, shape, fanIn }, index) => {
        tf.tidy(() =>
          variable.assign(
            tf.tensor(patternValues(size(shape), index + 1, 1.5 / Math.sqrt(fanIn)), [...shape]),
          ),
        );
      });
      const pictures = tf.tensor(patternValues(2 * 32 * 32 * 3, 0, 1), [2, 32, 32, 3]) as Tensor4D;
      const labels = tf.tensor1d([3, 8], 'int32') as Tensor1D;
      const logits = tf.tidy(() => forward(tf, network, pictures)).dataSync();
      truth.logits.forEach((logit, i) => {
        expect(Math.abs(logits[i]! - logit)).toBeLessThan(1e-4 * (1 + Math.abs(logit)));
      });
      const { loss, gradients } = await computeGradients(tf, network, pictures, labels);
      expect(loss).toBeCloseTo(truth.loss, 4);
      for (const parameter of truth.parameters) {
        const gradient = Array.from(gradients[parameter]!.dataSync());
        const norm = Math.sqrt(gradient.reduce((a: number, b: number) => a + b * b, 0));
        const sum = gradient.reduce((a: number, b: number) => a + b, 0);
        expect(Math.abs(norm / truth.gradientNorms[parameter]! - 1)).toBeLessThan(1e-3);
        expect(Math.abs(sum - truth.gradientSums[parameter]!)).toBeLessThan(
          1e-3 * truth.gradientNorms[parameter]! * 10,
        );
      }
      tf.dispose([pictures, labels, gradients]);
      network.dispose();
    });

    const { start, gradients, cases } = fixture('torch-optimizers.json') as Optimizers;
    it.each(cases)(
      '$optimizer takes the same steps (momentum $momentum, weight decay $weightDecay)',
      (entry) => {
        const variable = tf.variable(tf.tensor1d(start));
        const optimizer = createOptimizer(tf, [{ name: 'w', variable }], entry);
        gradients.forEach((gradient, step) => {
          const tensor = tf.tensor1d(gradient);
          optimizer.apply({ w: tensor }, entry.lr);
          tensor.dispose();
          variable.dataSync().forEach((value, i) => {
            expect(value).toBeCloseTo(entry.weights[step]![i]!, 5);
          });
        });
        optimizer.dispose();
        variable.dispose();
      },
    );
  });
}
