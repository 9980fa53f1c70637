import { describeTraining } from './testing/training-suite.js';

describeTraining('wasm', 2);
