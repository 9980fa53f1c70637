import { describe } from 'vitest';
import { locateNative } from '../tfjs/locate-native.js';
import { describeAgainstTorch } from './testing/torch-suite.js';
import { describeTraining } from './testing/training-suite.js';

// Its own file, so its own process: a backend holds for a whole process.
if (locateNative('tfjs-node-gpu') === undefined) {
  describe.skip('training on tfjs-node-gpu (not installed: npm run install-native)', () => {});
} else {
  describeAgainstTorch('tfjs-node-gpu', 1);
  describeTraining('tfjs-node-gpu', 1);
}
