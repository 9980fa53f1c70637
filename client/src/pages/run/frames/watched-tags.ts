import { PROBE_PREDICTIONS_TAG } from '@convscope/shared/run-description.js';
import type { Target } from './target.js';

/** Tags that the hub should push. */
export function watchedTags({ data, visible, layer }: Target): string[] {
  const tags = new Set(visible.map(({ output }) => output.tag));
  const sources = layer?.walk?.sources ?? [];
  for (const ref of [layer?.output, layer?.weight, layer?.bias, layer?.input, layer?.gradient, ...sources])
    if (ref !== undefined) tags.add(ref.tag);
  if (data.blob(PROBE_PREDICTIONS_TAG, 'tensor') !== undefined) tags.add(PROBE_PREDICTIONS_TAG);
  return [...tags];
}
