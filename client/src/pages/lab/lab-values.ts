/** The values of input, kernel and bias that the lab shows. */
import { fillInput, fillKernel, randomStream } from './fills.js';
import type { LabState } from './lab-state.js';
import { picturePlanes } from './pictures.js';

export function inputValues(state: LabState): Float64Array {
  const { inChannels, inputHeight, inputWidth, seed } = state;
  const count = inChannels * inputHeight * inputWidth;
  if (state.inputFill === 'custom') return fitted(state.input ?? [], count);
  if (state.inputFill !== 'picture')
    return fillInput(state.inputFill, inChannels, inputHeight, inputWidth, seed);
  const planes = picturePlanes(state.picture);
  const values = new Float64Array(count);
  // Cut from the middle; channels beyond three begin again at red, rows and columns beyond 32 wrap.
  const fromY = Math.max(0, Math.floor((32 - inputHeight) / 2));
  const fromX = Math.max(0, Math.floor((32 - inputWidth) / 2));
  for (let i = 0; i < count; i++) {
    const x = (fromX + (i % inputWidth)) % 32;
    const y = (fromY + (Math.floor(i / inputWidth) % inputHeight)) % 32;
    const c = Math.floor(i / (inputWidth * inputHeight)) % 3;
    values[i] = Math.round(planes[(c * 32 + y) * 32 + x]! * 100) / 100;
  }
  return values;
}

export function boundsOf(state: LabState, count: number): Float64Array | undefined {
  if (state.inputFill !== 'custom' || !state.inputBounds?.some((bound) => bound > 0)) return undefined;
  return fitted(state.inputBounds, count);
}

export function kernelValues(
  state: LabState,
  shape: readonly [number, number, number, number],
): Float64Array {
  const [out, perGroup, height, width] = shape;
  if (state.kernelFill === 'custom') return fitted(state.kernel ?? [], out * perGroup * height * width);
  return fillKernel(state.kernelFill, out, perGroup, height, width, state.seed);
}

/** PyTorch's default for biases, U(−1/√fan_in, 1/√fan_in), where fan_in is that of one output of the weight's axis 0. */
export function biasValues(
  state: LabState,
  [, perGroup, height, width]: readonly [number, number, number, number],
): Float64Array | undefined {
  if (!state.bias) return undefined;
  if (state.biases) return fitted(state.biases, state.outChannels);
  const random = randomStream(state.seed ^ 0x51ed270b);
  const fanIn = perGroup * height * width;
  const bound = 1 / Math.sqrt(Math.max(1, fanIn));
  return Float64Array.from(
    { length: state.outChannels },
    () => Math.round((random() * 2 - 1) * bound * 100) / 100,
  );
}

function fitted(values: readonly number[], count: number): Float64Array {
  const result = new Float64Array(count);
  for (let i = 0; i < Math.min(count, values.length); i++) result[i] = values[i]!;
  return result;
}
