import { describeAgainstTorch } from './testing/torch-suite.js';
import { describeUnitsAgainstTorch } from './testing/torch-units-suite.js';
import { describeTraining } from './testing/training-suite.js';

describeAgainstTorch('wasm', 1);
describeUnitsAgainstTorch('wasm', 1);
describeTraining('wasm', 1);
