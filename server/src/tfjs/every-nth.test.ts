import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtFile } from '../machine/built-file.js';
import { locateNative } from './locate-native.js';

const native = (['tfjs-node-gpu', 'tfjs-node'] as const).find((name) => locateNative(name) !== undefined);

/** The convolutions in oneDNN's verbose log, such as `…,backward_weights,…mb1_ic1oc2_ih4oh2kh1sh2…`. */
function convolutionsOf(program: string): string[] {
  const at = (path: string) => JSON.stringify(builtFile(import.meta.url, path));
  const source = `
    const { loadBackend } = await import(${at('./backend.js')});
    const { convBias } = await import(${at('./conv-block.js')});
    const { conv2d } = await import(${at('../conv2d/conv2d.js')});
    const { tf } = await loadBackend({ wanted: ${JSON.stringify(native)} });
    ${program}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, ONEDNN_VERBOSE: '2' },
  });
  expect(stderr).not.toContain('Error');
  expect(status).toBe(0);
  return stdout.split('\n').filter((line) => line.includes(',convolution,'));
}

// libtensorflow computes with oneDNN on x86 processors, and the fault is in oneDNN.
describe.skipIf(native === undefined || process.arch !== 'x64')(
  'a strided convolution with a 1×1 kernel',
  () => {
    it('is never passed to oneDNN, whose gradient of it writes past the end of its buffer', () => {
      const convolutions = convolutionsOf(`
      const geometry = { stride: [2, 1], padding: [0, 0] };
      for (const size of [1, 3]) {
        const gradients = [
          tf.grads((x, w) => conv2d(tf, x, w, undefined, geometry))([tf.ones([1, 1, 4, 9]), tf.ones([2, 1, size, size])]),
          tf.grads((x, w) => convBias(tf, x, w, undefined, geometry))([tf.ones([1, 4, 9, 1]), tf.ones([size, size, 1, 2])]),
        ];
        for (const gradient of gradients.flat()) gradient.dataSync();
      }`);
      const backward = convolutions.filter((line) => line.includes('backward_weights'));
      expect(backward.filter((line) => /kh3sh2.*kw3sw1/.test(line))).not.toEqual([]);
      expect(backward.filter((line) => /kh1sh1.*kw1sw1/.test(line))).not.toEqual([]);
      expect(convolutions.filter((line) => /kh1sh2.*kw1/.test(line))).toEqual([]);
    });
  },
);
