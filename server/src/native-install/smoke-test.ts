/**
 * Run as a process of its own, with the package's folder: loads the binding, computes a product and a
 * convolution with its gradients, compares them with numbers worked out by hand, and says which library answered.
 * A library that crashes takes this process down and nothing else.
 */
import { createRequire } from 'node:module';
import process from 'node:process';
import { restoreIsNullOrUndefined } from '../tfjs/node-compat.js';
import type { Tf } from '../tfjs/tf.js';
import { checkNumbers } from './check-numbers.js';
import { SMOKE_MARK, type SmokeReport } from './smoke-report.js';

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

function main(): void {
  const directory = process.argv[2];
  if (directory === undefined) throw new Error('Name the folder of the package to try.');
  const started = performance.now();
  restoreIsNullOrUndefined();
  const tf = createRequire(import.meta.url)(directory) as Tf;
  if (tf.getBackend() !== 'tensorflow')
    throw new Error(`tfjs started its backend "${tf.getBackend()}" and not TensorFlow's.`);
  checkNumbers(tf);
  const backend = tf.backend() as unknown as NativeBackend;
  const report: SmokeReport = {
    tensorflow: backend.binding.TF_Version,
    tfjs: tf.version['tfjs-core'] ?? 'unknown',
    gpu: backend.isUsingGpuDevice,
    milliseconds: Math.round(performance.now() - started),
  };
  console.log(`${SMOKE_MARK}${JSON.stringify(report)}`);
}

main();
