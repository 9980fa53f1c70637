import type { Lab } from './lab-model.js';
import type { LabState } from './lab-state.js';

export interface CellSizes {
  readonly stacked: boolean;
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly channels: number;
}

/** The number of input channels that are shown at first. */
export const FIRST_ROWS = 4;

/** The output channels below each other have at least this width, in pixels. */
const LEAST_CHANNELS = 160;

/**
 * Sizes of the cells in pixels: as large as the width allows, up to a comfortable size. Stacked on a narrow page. `channels`
 * is the width for the maps of all output channels.
 */
export function cellSizes(state: LabState, lab: Lab, width: number): CellSizes {
  const padded = state.inputWidth + lab.sides.left + lab.sides.right;
  const paddedRows = state.inputHeight + lab.sides.top + lab.sides.bottom;
  const kernel = lab.effectiveKernel[1];
  const output = lab.output?.shape[2] ?? 1;
  const stacked = width < 640;
  const rows = Math.min(FIRST_ROWS, lab.inPerGroup);
  if (stacked) {
    const cell = (columns: number, most: number) =>
      Math.max(3, Math.min(most, Math.floor((width - 32) / columns)));
    return {
      stacked,
      input: cell(padded, 44),
      kernel: Math.min(44, cell(kernel + 4, 44)),
      output: cell(output, 44),
      channels: width - 32,
    };
  }
  const single = Math.min(60, Math.floor((width - 220) / (padded + kernel + output)));
  if (single >= 26 && rows === 1)
    return { stacked, input: single, kernel: single, output: single, channels: LEAST_CHANNELS };
  // The width that is left beside the kernel, the signs, the partial sums and the gaps.
  const kernelCell = Math.max(4, Math.min(30, Math.floor(150 / kernel)));
  const room = Math.max(LEAST_CHANNELS, width - 32 - kernelCell * kernel - (rows > 1 ? 260 : 150));
  const tall = rows > 1 ? 420 / Math.min(3, rows) : 420;
  const input = Math.min((room * 0.55) / padded, tall / paddedRows);
  const outputCell = Math.min((room * 0.45) / output, 300 / (lab.output?.shape[1] ?? 1));
  const inputCell = Math.max(2, Math.min(26, Math.floor(input)));
  return {
    stacked,
    input: inputCell,
    kernel: kernelCell,
    output: Math.max(2, Math.min(26, Math.floor(outputCell))),
    channels: Math.max(LEAST_CHANNELS, Math.floor(room - inputCell * padded)),
  };
}
