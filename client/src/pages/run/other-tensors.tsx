/** Names the tensors of a log without a description that are neither maps nor part of a layer, so that none goes unmentioned. */
import { useMemo } from 'react';
import { plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { type OtherTensor, otherTensors } from './frames/foreign-layers.js';
import { useRunPage } from './run-page-context.js';

const MOST_NAMED = 10;
const NONE: readonly OtherTensor[] = [];

export function useOtherTensors(): readonly OtherTensor[] {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const shapes = useStoreValue(app.frames.shapes);
  return useMemo(() => {
    if (run === undefined || run.model !== undefined) return NONE;
    const tensorTags = run.data.tagsOfKind('tensor');
    return otherTensors(run.layers, { tensorTags, shapeOf: (tag) => shapes.get(tag) });
  }, [run, shapes]);
}

/** The tensors with their shapes, the first few of them by name. */
export function namesOf(tensors: readonly OtherTensor[]): string {
  const named = tensors.slice(0, MOST_NAMED).map(({ tag, shape }) => `${tag} [${shape.join(', ')}]`);
  const more = tensors.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

/** A tile at the end of the layers. */
export function OtherTensorsTile() {
  const tensors = useOtherTensors();
  if (tensors.length === 0) return null;
  const names = `Only [C, H, W] and [N, C, H, W] are maps, not ${namesOf(tensors)}`;
  return (
    <div className="layer-tile aside" title={names}>
      <span className="micro" style={{ textAlign: 'center' }}>
        {plural(tensors.length, 'tensor')}
        <br />
        no maps
        <span className="sr">. {names}</span>
      </span>
    </div>
  );
}
