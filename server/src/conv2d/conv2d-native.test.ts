import { beforeAll, describe, it } from 'vitest';
import { loadBackend } from '../tfjs/backend.js';
import { locateNative } from '../tfjs/locate-native.js';
import type { Tf } from '../tfjs/tf.js';
import { expectAgreement } from './testing/agreement.js';

const native = (['tfjs-node-gpu', 'tfjs-node'] as const).find((name) => locateNative(name) !== undefined);

// The native packages are installed by users; without one there is nothing to test.
describe.skipIf(native === undefined)('conv2d on native TensorFlow', () => {
  let tf: Tf;
  beforeAll(async () => {
    ({ tf } = await loadBackend({ wanted: native }));
  });

  it('agrees with the definition for random parameters, in values and gradients, and leaks no tensors', () => {
    expectAgreement(tf, 150);
  });
});
