import { describeWasmKernels } from './testing/wasm-kernel-suite.js';

// Without threads: unshared memory, our own filter gradient.
describeWasmKernels(1);
