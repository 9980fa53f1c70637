import type { Selection } from '../state/selection.js';

/** "red" for a channel of a picture, "in 4" for one of another map. */
export function inputName(selection: Pick<Selection, 'description' | 'inputShape'>, channel: number): string {
  const isPicture = selection.description?.input.from === 'probes';
  return isPicture && selection.inputShape?.[0] === 3
    ? (['red', 'green', 'blue'][channel] ?? `in ${channel}`)
    : `in ${channel}`;
}
