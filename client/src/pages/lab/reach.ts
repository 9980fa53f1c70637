/** The transposed view: which outputs read one input pixel, and through which weights. */
import { paddingSource } from '@convscope/shared/convolution/padding-source.js';
import type { Lab } from './lab-model.js';
import type { LabState } from './lab-state.js';

export interface Reached {
  readonly y: number;
  readonly x: number;
  /** Sum of the weights through which this output reads the pixel (several where padding repeats it). */
  readonly weight: number;
}

/** Output places of `outChannel` that read (inputY, inputX) of the first input channel of its group. */
export function reachedOutputs(state: LabState, lab: Lab, outChannel: number): Reached[] {
  if (!lab.output) return [];
  const [, height, width] = lab.output.shape;
  const [, perGroup, kernelHeight, kernelWidth] = lab.weightShape;
  const rows = axis(
    height,
    kernelHeight,
    state.strideHeight,
    state.dilationHeight,
    lab.sides.top,
    lab.inputShape[1],
    state.inputY,
    state,
  );
  const columns = axis(
    width,
    kernelWidth,
    state.strideWidth,
    state.dilationWidth,
    lab.sides.left,
    lab.inputShape[2],
    state.inputX,
    state,
  );
  const reached: Reached[] = [];
  for (const [y, kys] of rows) {
    for (const [x, kxs] of columns) {
      let weight = 0;
      for (const ky of kys)
        for (const kx of kxs)
          weight += lab.weight[(outChannel * perGroup * kernelHeight + ky) * kernelWidth + kx]!;
      reached.push({ y, x, weight });
    }
  }
  return reached;
}

/** Output positions along one axis that read `input`, each with the kernel taps it reads it through. */
function axis(
  outputs: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  size: number,
  input: number,
  state: LabState,
): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let out = 0; out < outputs; out++) {
    const taps: number[] = [];
    for (let tap = 0; tap < kernel; tap++) {
      if (paddingSource(out * stride - before + tap * dilation, size, state.paddingMode) === input)
        taps.push(tap);
    }
    if (taps.length > 0) found.set(out, taps);
  }
  return found;
}
