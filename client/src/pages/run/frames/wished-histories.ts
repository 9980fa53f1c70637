import type { LayerView, TagRef } from './layers.js';
import type { Target } from './target.js';

export interface WishedHistory {
  readonly ref: TagRef;
  readonly findDuplicates: boolean;
}

/** The tags of which all captures are judged, the most important first. */
export function wishedHistories({ layer, layers, lockedToRun }: Target): WishedHistory[] {
  const wished = new Map<string, WishedHistory>();
  if (layer !== undefined) {
    wished.set(layer.output.tag, { ref: layer.output, findDuplicates: true });
    for (const ref of lockedToRun ? tagsOf(layer) : [])
      if (!wished.has(ref.tag)) wished.set(ref.tag, { ref, findDuplicates: false });
  }
  // An input of the shown layer that is another one's output is judged as well.
  for (const { output } of layers) wished.set(output.tag, { ref: output, findDuplicates: true });
  return [...wished.values()];
}

/** The tags whose values the panes of a layer show. */
export function tagsOf(layer: LayerView): TagRef[] {
  return [layer.output, layer.input, layer.weight].filter((ref): ref is TagRef => ref !== undefined);
}
