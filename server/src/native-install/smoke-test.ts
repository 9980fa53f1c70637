/**
 * A program that takes the package's directory: loads the binding, compares a product and a convolution with its gradients
 * with numbers computed by hand, and prints the version of the library. It is a process of its own because the library may
 * crash.
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
  if (directory === undefined)
    throw new Error('The first argument must be the directory of the package to try.');
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
