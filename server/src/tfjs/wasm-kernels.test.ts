import { describeWasmKernels } from './testing/wasm-kernel-suite.js';

// Without threads: unshared memory and convscope's filter gradient.
describeWasmKernels(1);
