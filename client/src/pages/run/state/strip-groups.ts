/** Folds the layers of a long net by the names of its blocks, so that the strip stays readable. */
import type { LayerView, StripItem } from '../frames/layers.js';

/** A strip with at most this many layers is shown as it is; so is a block. */
const IN_FULL = 24;

export interface StripGroup {
  readonly type: 'group';
  /** What the names of its layers begin with. */
  readonly name: string;
  readonly items: readonly StripItem[];
}

export type StripEntry = StripItem | StripGroup;

/** What shows an item of the strip; undefined if nothing does. */
export function viewOf(item: StripItem): LayerView | undefined {
  return item.type === 'layer' ? item.layer : item.view;
}

/** The strip with all blocks folded but the one that holds the chosen layer. */
export function foldStrip(strip: readonly StripItem[], chosen: string | undefined): StripEntry[] {
  return strip.length <= IN_FULL ? [...strip] : fold(strip, chosen, 1);
}

function fold(items: readonly StripItem[], chosen: string | undefined, depth: number): StripEntry[] {
  const runs: { readonly name: string; readonly items: StripItem[] }[] = [];
  for (const item of items) {
    const name = beginning(item.layer.name, depth);
    const last = runs.at(-1);
    if (last?.name === name) last.items.push(item);
    else runs.push({ name, items: [item] });
  }
  return runs.flatMap(({ name, items: block }): StripEntry[] => {
    if (block.length === 1) return block;
    if (!block.some(({ layer }) => layer.name === chosen)) return [{ type: 'group', name, items: block }];
    // Names without a further part cannot be folded further.
    const isDeeper = block.some(({ layer }) => beginning(layer.name, depth + 1) !== name);
    return block.length > IN_FULL && isDeeper ? fold(block, chosen, depth + 1) : block;
  });
}

/** The first parts of a name like `layer1.0.conv1` or `block1_conv1`. */
function beginning(name: string, parts: number): string {
  const separators = [...name.matchAll(/[._/]/g)];
  const end = separators[parts - 1]?.index;
  return end === undefined ? name : name.slice(0, end);
}

/** The layers with maps in the log that have tiles of their own. */
export function visibleLayers(entries: readonly StripEntry[]): LayerView[] {
  return entries.flatMap((entry) => (entry.type === 'layer' ? [entry.layer] : []));
}
