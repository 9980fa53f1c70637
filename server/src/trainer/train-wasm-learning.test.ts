import { describeLearning } from './testing/learning-suite.js';

// In a file of its own, so that it can run beside the others.
describeLearning('wasm', 1);
