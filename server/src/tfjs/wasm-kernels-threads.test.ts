import { describeWasmKernels } from './testing/wasm-kernel-suite.js';

// With threads: shared memory and convscope's filter gradient.
describeWasmKernels(2);
