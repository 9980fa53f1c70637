import { describe } from 'vitest';
import { locateNative } from '../tfjs/locate-native.js';
import { describeLearning } from './testing/learning-suite.js';
import { describeAgainstTorch } from './testing/torch-suite.js';
import { describeUnitsAgainstTorch } from './testing/torch-units-suite.js';
import { describeTraining } from './testing/training-suite.js';

// In a file of its own, because a process can load only one backend.
if (locateNative('tfjs-node') === undefined) {
  describe.skip('training on tfjs-node (not installed: npm run install-native)', () => {});
} else {
  describeAgainstTorch('tfjs-node', 1);
  describeUnitsAgainstTorch('tfjs-node', 1);
  describeTraining('tfjs-node', 1);
  describeLearning('tfjs-node', 1);
}
