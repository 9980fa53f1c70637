/** Which outputs read one input pixel, and through which weights. */
import { sourceTable } from '@convscope/shared/convolution/padding-source.js';
import type { Lab } from './lab-model.js';
import type { LabState } from './lab-state.js';
import { transposedReach } from './lab-transposed.js';

export interface Reached {
  readonly y: number;
  readonly x: number;
  /** Sum of the weights through which this output reads the pixel (several where padding repeats it). */
  readonly weight: number;
}

/** Output places of `outChannel` that read (inputY, inputX) of the first input channel of its group. */
export function reachedOutputs(state: LabState, lab: Lab, outChannel: number): Reached[] {
  if (!lab.output) return [];
  if (state.operation === 'convTranspose2d') return transposedReach(state, lab, lab.output.shape, outChannel);
  const [, height, width] = lab.output.shape;
  const [, perGroup, kernelHeight, kernelWidth] = lab.weightShape;
  const mode = state.paddingMode;
  const rows = readersOf(state.inputY, {
    outputs: height,
    kernel: kernelHeight,
    stride: state.strideHeight,
    dilation: state.dilationHeight,
    before: lab.sides.top,
    size: lab.inputShape[1],
    mode,
  });
  const columns = readersOf(state.inputX, {
    outputs: width,
    kernel: kernelWidth,
    stride: state.strideWidth,
    dilation: state.dilationWidth,
    before: lab.sides.left,
    size: lab.inputShape[2],
    mode,
  });
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
function readersOf(input: number, axis: Parameters<typeof sourceTable>[0]): Map<number, number[]> {
  const readers = new Map<number, number[]>();
  for (const [at, source] of sourceTable(axis).entries()) {
    if (source !== input) continue;
    const output = Math.floor(at / axis.kernel);
    readers.set(output, [...(readers.get(output) ?? []), at % axis.kernel]);
  }
  return readers;
}
