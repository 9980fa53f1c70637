import { describeWasmKernels } from './testing/wasm-kernel-suite.js';

// With threads: shared memory, our own filter gradient.
describeWasmKernels(2);
