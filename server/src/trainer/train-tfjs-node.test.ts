import { describe } from 'vitest';
import { locateNative } from '../tfjs/locate-native.js';
import { describeAgainstTorch } from './testing/torch-suite.js';
import { describeTraining } from './testing/training-suite.js';

// Its own file, so its own process: a backend holds for a whole process.
if (locateNative('tfjs-node') === undefined) {
  describe.skip('training on tfjs-node (not installed: npm run install-native)', () => {});
} else {
  describeAgainstTorch('tfjs-node', 1);
  describeTraining('tfjs-node', 1);
}
