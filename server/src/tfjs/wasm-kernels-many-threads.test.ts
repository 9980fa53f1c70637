import { describeWasmKernels } from './testing/wasm-kernel-suite.js';

// With many threads the filter gradient is computed as a convolution.
describeWasmKernels(4);
