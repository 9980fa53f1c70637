/** The layers of a log that does not describe its net, by the names and shapes of its tensors. */
import type { Conv2dDescription } from '@convscope/shared/run-description.js';
import type { LayerView } from './layers.js';
import { ROLES, readByConvention, type TagReader, type TensorRole } from './tag-names.js';
import type { TagRef } from './tag-ref.js';

export interface ForeignLog {
  readonly channelTags: readonly string[];
  readonly tensorTags: readonly string[];
  /** Undefined while a shape is not known. */
  readonly shapeOf: (tag: string) => readonly number[] | undefined;
  readonly read?: TagReader;
  /** What is known of a layer's convolution, by the layer's name. */
  readonly convolutionOf?: (layer: string) => Conv2dDescription | undefined;
}

/**
 * Every tensor [C, H, W] or [N, C, H, W] is a layer. Tags that differ only in what they say of a layer are one layer, such
 * as `conv1/input` and `conv1/weight`.
 */
export function foreignLayers(log: ForeignLog): LayerView[] {
  const { channelTags, tensorTags, shapeOf, read = readByConvention, convolutionOf } = log;
  const rank = (tag: string) => shapeOf(tag)?.length ?? 0;
  const isMaps = (tag: string) => rank(tag) === 3 || rank(tag) === 4;
  const fits: Readonly<Record<TensorRole, (tag: string) => boolean>> = {
    input: isMaps,
    output: isMaps,
    weight: (tag) => rank(tag) === 4,
    bias: (tag) => rank(tag) === 1,
    gradient: isMaps,
  };
  const byLayer = new Map<string, Partial<Record<TensorRole, TagRef>>>();
  for (const tag of tensorTags) {
    const meaning = read(tag);
    if (meaning === undefined || !fits[meaning.role](tag)) continue;
    const parts = byLayer.get(meaning.layer) ?? {};
    parts[meaning.role] ??= { tag, kind: 'tensor' };
    byLayer.set(meaning.layer, parts);
  }
  const layers: LayerView[] = [];
  const used = new Set<string>();
  const add = (name: string, output: TagRef, outputRole: LayerView['outputRole']): void => {
    const parts = byLayer.get(name) ?? {};
    const description = convolutionOf?.(name);
    layers.push({
      name,
      description,
      output,
      outputRole,
      input: parts.input && { ...parts.input, operations: [] },
      weight: parts.weight,
      bias: parts.bias,
      gradient: parts.gradient,
    });
    used.add(output.tag);
    for (const role of ROLES) {
      const ref = parts[role];
      if (ref !== undefined && role !== 'output') used.add(ref.tag);
    }
  };
  for (const tag of channelTags) {
    const meaning = read(tag);
    const name = meaning?.role === 'output' ? meaning.layer : tag;
    add(name, { tag, kind: 'channels' }, tag.endsWith('/preactivation') ? 'preactivation' : 'output');
  }
  for (const [name, { output }] of byLayer)
    if (output !== undefined && !layers.some((layer) => layer.name === name)) add(name, output, 'output');
  for (const tag of tensorTags) {
    if (!isMaps(tag) || used.has(tag)) continue;
    const alone = { input: undefined, weight: undefined, bias: undefined, gradient: undefined };
    layers.push({
      name: tag,
      description: undefined,
      output: { tag, kind: 'tensor' },
      outputRole: 'output',
      ...alone,
    });
  }
  return layers;
}

export interface OtherTensor {
  readonly tag: string;
  readonly shape: readonly number[];
}

/** The tensors that are neither maps nor part of a layer: of one, two, five or more dimensions. */
export function otherTensors(
  layers: readonly LayerView[],
  { tensorTags, shapeOf }: Pick<ForeignLog, 'tensorTags' | 'shapeOf'>,
): OtherTensor[] {
  const used = new Set(layers.flatMap((layer) => ROLES.map((role) => layer[role]?.tag)));
  return tensorTags.flatMap((tag) => {
    const shape = used.has(tag) ? undefined : shapeOf(tag);
    return shape === undefined || shape.length === 0 ? [] : [{ tag, shape }];
  });
}
