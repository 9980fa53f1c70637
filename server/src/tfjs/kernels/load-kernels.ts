import { Instance, Module, type WasmMemory } from '../../machine/web-assembly.js';
import { FILTER_GRADIENT_WASM } from './compiled.js';

/** Addresses are byte offsets in the backend's memory; sizes are those of a convolution NHWC × HWIO. */
export type FilterGradientKernel = (
  x: number,
  dy: number,
  out: number,
  pictures: number,
  height: number,
  width: number,
  inChannels: number,
  outHeight: number,
  outWidth: number,
  outChannels: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  padTop: number,
  padLeft: number,
) => void;

/** Loads convscope's kernels, which work in the memory of the wasm backend. */
export function loadKernels(memory: WasmMemory): { filterGradient: FilterGradientKernel } {
  const shared = !(memory.buffer instanceof ArrayBuffer);
  const bytes = Buffer.from(shared ? FILTER_GRADIENT_WASM.shared : FILTER_GRADIENT_WASM.unshared, 'base64');
  const instance = new Instance(new Module(bytes), { env: { memory } });
  const { filterGradient } = instance.exports;
  return { filterGradient: filterGradient as FilterGradientKernel };
}
