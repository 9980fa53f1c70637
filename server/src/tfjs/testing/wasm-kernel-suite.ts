import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../backend.js';
import { convBias, convReluPool } from '../conv-block.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tf.js';

interface Array4 {
  shape: [number, number, number, number];
  data: number[];
}
interface OracleCase {
  name: string;
  input: Array4;
  weight: Array4;
  bias: { shape: [number]; data: number[] } | null;
  stride: [number, number];
  padding: [number, number];
  output: Array4;
  grad_output: Array4;
  grad_input: Array4;
  grad_weight: Array4;
  grad_bias: { data: number[] } | null;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/conv2d-gradients.json', import.meta.url), 'utf8'),
) as { cases: OracleCase[] };

/** Tests convscope's wasm kernels with the given number of threads. */
export function describeWasmKernels(threads: number): void {
  let tf: Tf;

  beforeAll(async () => {
    ({ tf } = await loadBackend({ wanted: 'wasm', threads }));
  });

  const nhwc = ({ data, shape }: Array4) => tf.transpose(tf.tensor(data, shape), [0, 2, 3, 1]) as Tensor4D;
  const hwio = ({ data, shape }: Array4) => tf.transpose(tf.tensor(data, shape), [2, 3, 1, 0]) as Tensor4D;
  const nchw = (tensor: Tensor) => [...tf.transpose(tensor, [0, 3, 1, 2]).dataSync()];
  const oihw = (tensor: Tensor) => [...tf.transpose(tensor, [3, 2, 0, 1]).dataSync()];

  function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
    expect(actual.length).toBe(expected.length);
    for (let i = 0; i < expected.length; i++) {
      const allowed = tolerance * (1 + Math.abs(expected[i]!));
      if (!(Math.abs(actual[i]! - expected[i]!) <= allowed)) {
        expect.fail(`element ${i}: ${actual[i]} is not within ${allowed} of ${expected[i]}`);
      }
    }
  }

  /** Repeatable, distinct values spread over −1..1. */
  function values(count: number, seed: number): Float32Array {
    return Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed) * 0.99);
  }
  function tensor(shape: number[], seed: number): Tensor {
    const count = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(values(count, seed), shape);
  }

  describe('convolution on wasm', () => {
    it.each(cases.map((entry) => [entry.name, entry] as const))(
      'agrees with PyTorch forward and backward: %s',
      (_, entry) => {
        tf.tidy(() => {
          const x = nhwc(entry.input);
          const weight = hwio(entry.weight);
          const bias = tf.tensor1d(entry.bias?.data ?? new Array(entry.weight.shape[0]).fill(0)) as Tensor1D;
          const geometry = { stride: entry.stride, padding: entry.padding };
          const run = (x: Tensor, weight: Tensor, bias: Tensor) =>
            convBias(tf, x as Tensor4D, weight as Tensor4D, bias as Tensor1D, geometry);
          expectClose(nchw(run(x, weight, bias)), entry.output.data);
          const [dx, dWeight, dBias] = tf.grads(run as never)(
            [x, weight, bias],
            nhwc(entry.grad_output) as never,
          );
          expectClose(nchw(dx!), entry.grad_input.data);
          expectClose(oihw(dWeight!), entry.grad_weight.data);
          if (entry.grad_bias !== null) expectClose(dBias!.dataSync(), entry.grad_bias.data);
        });
      },
    );

    it('leaks no tensors', () => {
      const x = tensor([2, 9, 8, 3], 1) as Tensor4D;
      const weight = tensor([3, 3, 3, 4], 2) as Tensor4D;
      const bias = tensor([4], 3) as Tensor1D;
      const gradient = tf.grads(((x: Tensor4D, w: Tensor4D, b: Tensor1D) =>
        tf.sum(
          convReluPool(tf, x, w, b, { stride: [2, 2], padding: [1, 1] }, { kernel: 2, stride: 2 }),
        )) as never);
      const before = tf.memory().numTensors;
      for (let i = 0; i < 5; i++) tf.dispose(gradient([x, weight, bias]));
      expect(tf.memory().numTensors).toBe(before);
      tf.dispose([x, weight, bias]);
    });
  });

  describe('the fused convolution, ReLU and max-pool', () => {
    const geometries = [
      { side: 8, kernel: 3, stride: 1, padding: 1, pool: { kernel: 2, stride: 2 } },
      { side: 9, kernel: 3, stride: 1, padding: 0, pool: { kernel: 2, stride: 2 } },
      { side: 11, kernel: 5, stride: 1, padding: 0, pool: { kernel: 3, stride: 2 } },
      { side: 9, kernel: 3, stride: 2, padding: 1, pool: undefined },
      { side: 8, kernel: 1, stride: 2, padding: 0, pool: undefined },
    ];

    it.each(geometries)(
      'has gradients that agree with finite differences: $side px, kernel $kernel, stride $stride, padding $padding',
      ({ side, kernel, stride, padding, pool }) => {
        tf.tidy(() => {
          const x = tensor([2, side, side, 3], 1) as Tensor4D;
          const weight = tensor([kernel, kernel, 3, 4], 2) as Tensor4D;
          const bias = tensor([4], 3) as Tensor1D;
          const geometry = { stride: [stride, stride], padding: [padding, padding] } as const;
          const probe = tensor(convReluPool(tf, x, weight, bias, geometry, pool).shape, 4);
          const loss = (x: Tensor, weight: Tensor, bias: Tensor) =>
            tf.sum(
              tf.mul(
                probe,
                convReluPool(tf, x as Tensor4D, weight as Tensor4D, bias as Tensor1D, geometry, pool),
              ),
            );
          const inputs: Tensor[] = [x, weight, bias];
          const gradients = tf.grads(loss as never)(inputs as never);
          inputs.forEach((input, which) => {
            const base = input.dataSync();
            const gradient = gradients[which]!.dataSync();
            // If a ReLU or a pool switches inside the interval, its two halves differ and the element is skipped.
            let compared = 0;
            for (let i = 0; i < base.length; i += Math.max(1, base.length >> 4)) {
              const at = (delta: number) => {
                const changed = Float32Array.from(base);
                changed[i]! += delta;
                const replaced = inputs.map((other, j) =>
                  j === which ? tf.tensor(changed, input.shape) : other,
                );
                return loss(replaced[0]!, replaced[1]!, replaced[2]!).dataSync()[0] as number;
              };
              const step = 1 / 256;
              const [low, middle, high] = [at(-step), at(0), at(step)];
              const forward = (high - middle) / step;
              const backward = (middle - low) / step;
              if (Math.abs(forward - backward) > 0.02 * (1 + Math.abs(forward))) continue;
              compared++;
              expect(Math.abs(gradient[i]! - (forward + backward) / 2)).toBeLessThan(
                0.02 * (1 + Math.abs(forward)),
              );
            }
            expect(compared).toBeGreaterThan(which === 2 ? 1 : 4);
          });
        });
      },
    );

    it.each(geometries)(
      "equals the separate operations of tfjs's cpu backend: $side px, kernel $kernel, stride $stride",
      async ({ side, kernel, stride, padding, pool }) => {
        const run = () =>
          tf.tidy(() => {
            const inputs = [tensor([2, side, side, 3], 5), tensor([kernel, kernel, 3, 4], 6), tensor([4], 7)];
            const geometry = { stride: [stride, stride], padding: [padding, padding] } as const;
            const operation = (x: Tensor, w: Tensor, b: Tensor) =>
              convReluPool(tf, x as Tensor4D, w as Tensor4D, b as Tensor1D, geometry, pool);
            const dy = tensor(operation(inputs[0]!, inputs[1]!, inputs[2]!).shape, 8);
            const { value, grads } = tf.valueAndGrads(operation as never)(inputs as never, dy as never);
            return [value, ...grads].map((result) => result.dataSync());
          });
        const onWasm = run();
        await tf.setBackend('cpu');
        const onCpu = run();
        await tf.setBackend('wasm');
        onWasm.forEach((result, i) => {
          expectClose(result, onCpu[i]!);
        });
      },
    );
  });
}
