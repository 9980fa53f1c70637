import { NET_INPUT } from '@convscope/shared/run-description.js';
import type { Selection } from '../state/selection.js';

/** Whether the layer reads the probe pictures themselves. */
export function readsPicture({ description, described, layer }: Selection): boolean {
  if (description !== undefined && layer.input !== undefined) return description.input.from === 'probes';
  return described?.inputs.length === 1 && described.inputs[0] === NET_INPUT;
}

/** "red" for a channel of a picture, "in 4" for one of another map. */
export function inputName(selection: Selection, channel: number): string {
  return inputNameOf(readsPicture(selection), selection.inputShape?.[0], channel);
}

/** The same, of what decides it. */
export function inputNameOf(isPicture: boolean, channels: number | undefined, channel: number): string {
  return isPicture && channels === 3
    ? (['red', 'green', 'blue'][channel] ?? `in ${channel}`)
    : `in ${channel}`;
}
