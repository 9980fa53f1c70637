/** What the page shows of a tag, and what opens the records that it only lists. */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { pageOfTag } from '../../blobs/page-of-tag.js';

export type Section = 'audio' | 'curves' | 'graphs' | 'listed';

/** Undefined for tags that other pages show. */
export function sectionOf(tag: TagSummary): Section | undefined {
  if (pageOfTag(tag) !== 'other') return undefined;
  const { kind, plugin } = tag;
  if (plugin === 'pr_curves') return 'curves';
  if (kind !== 'other') return 'listed';
  if (plugin === 'audio') return 'audio';
  return plugin === 'graph_def' || plugin === 'graph_keras_model' ? 'graphs' : 'listed';
}

/** What shares a card: the curves of a tag, of all runs. */
export function byTag<T extends { readonly tag: Pick<TagSummary, 'tag'> }>(
  curves: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const cards = new Map<string, T[]>();
  for (const curve of curves) {
    const card = cards.get(curve.tag.tag);
    if (card === undefined) cards.set(curve.tag.tag, [curve]);
    else card.push(curve);
  }
  return cards;
}

const OPENED_BY: Readonly<Record<string, string>> = {
  mesh: 'A mesh or a cloud of points: TensorBoard shows it under Mesh.',
  projector: 'Embeddings: TensorBoard shows them under Projector, from the files beside the log.',
  profile: "A profile: TensorBoard's profile plugin or Perfetto opens the files beside the log.",
  custom_scalars: 'A layout of scalars: the page Scalars draws it.',
  tagged_run_metadata: 'Time and memory of a step of TensorFlow: TensorBoard shows them in its graph.',
  graph_run_metadata: 'Time and memory of a step of TensorFlow: TensorBoard shows them in its graph.',
  graph_run_metadata_graph: 'The graph of a traced function: TensorBoard shows it under Graphs.',
  meta_graph_def: 'A MetaGraphDef: TensorFlow reads it.',
  log_message: 'A line of the log of TensorFlow 1.',
  hparams: 'Hyperparameters.',
};

/** What opens the records of a plugin. */
export function openedBy(plugin: string): string {
  const known = Object.hasOwn(OPENED_BY, plugin) ? OPENED_BY[plugin] : undefined;
  if (known !== undefined) return known;
  return plugin === ''
    ? 'The log names no plugin for it.'
    : `TensorBoard shows it if its plugin ${plugin} is installed.`;
}
