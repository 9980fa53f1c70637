import { messageOf } from '@convscope/shared/message-of.js';
import { useMemo, useState } from 'react';
import type { TaggedRun } from '../../blobs/use-run-tags.js';
import type { Decoded } from '../../decode/decoded.js';
import { Button } from '../../ui/button.js';
import { download } from '../../ui/download.js';
import { plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { CardHead } from './card-head.js';
import { type Layer, layersOf } from './graph-tree.js';
import { useRecord } from './use-record.js';

/** Layers that are listed at a time in one scope. */
const MOST_AT_ONCE = 200;

function layersIn(decoded: Decoded | undefined): { layers: readonly Layer[]; left: number; error?: string } {
  if (decoded?.kind !== 'other') return { layers: [], left: 0 };
  try {
    return layersOf(decoded.content, decoded.plugin);
  } catch (error) {
    return { layers: [], left: 0, error: `The graph cannot be read: ${messageOf(error)}` };
  }
}

export function GraphCard({ of: { run, tag } }: { readonly of: TaggedRun }) {
  const { rows, shown } = useRecord({ run: run.run, tag: tag.tag, kind: 'other' });
  const decoded = shown?.decoded;
  const named = useMemo(
    () => (decoded?.kind === 'other' ? { ...decoded, plugin: tag.plugin ?? decoded.plugin } : decoded),
    [decoded, tag.plugin],
  );
  const { layers, left, error } = useMemo(() => layersIn(named), [named]);
  const problem = shown?.error ?? error;
  const count = layers.reduce((sum, layer) => sum + layer.count, 0);
  const isKeras = tag.plugin === 'graph_keras_model';
  return (
    <article
      className="other-card bordered-card graph-card"
      data-run={run.run}
      aria-label={`${tag.tag} of ${run.run}`}
    >
      <CardHead run={run} tag={isKeras ? `${tag.tag} (Keras)` : 'Graph'} at={shown?.at} rows={rows}>
        {decoded?.kind === 'other' && (
          <Button
            quiet
            iconOnly
            aria-label="Download this graph"
            title={
              isKeras
                ? 'Download the record of the model'
                : 'Download the GraphDef, which Netron and TensorBoard open'
            }
            onClick={() => download(`${run.run}-graph.pb`, decoded.content, 'application/octet-stream')}
          >
            <Icon name="download" />
          </Button>
        )}
      </CardHead>
      <div className="other-body">
        {problem !== undefined && <p className="small is-bad">{problem}</p>}
        {decoded !== undefined && problem === undefined && (
          <p className="micro">
            {plural(count, 'operation')}
            {left > 0 && `, and ${plural(left, 'more', 'more')} that are not listed`}
          </p>
        )}
        <Layers layers={layers} isOpen={layers.length < 12} />
      </div>
    </article>
  );
}

function Layers({
  layers,
  isOpen = false,
}: {
  readonly layers: readonly Layer[];
  readonly isOpen?: boolean;
}) {
  const [most, setMost] = useState(MOST_AT_ONCE);
  return (
    <ul className="graph-layers">
      {layers.slice(0, most).map((layer) => (
        <LayerRow key={layer.name} layer={layer} isOpen={isOpen && layers.length < 12} />
      ))}
      {layers.length > most && (
        <li>
          <Button onClick={() => setMost(most + MOST_AT_ONCE)}>
            {plural(layers.length - most, 'more', 'more')}
          </Button>
        </li>
      )}
    </ul>
  );
}

function LayerRow({ layer, isOpen: isFirstOpen }: { readonly layer: Layer; readonly isOpen: boolean }) {
  const [isOpen, setOpen] = useState(isFirstOpen);
  const { name, op, shapes, inputs, parts, count } = layer;
  const about = (
    <>
      <span className="medium">{name}</span>
      {op !== '' && <span className="muted"> {op}</span>}
      {shapes.length > 0 && <span className="mono"> {shapes.join(', ')}</span>}
    </>
  );
  const title = inputs.length === 0 ? undefined : `From ${inputs.slice(0, 12).join(', ')}`;
  if (parts.length === 0)
    return (
      <li className="layer small" title={title}>
        {about}
      </li>
    );
  return (
    <li className="layer small">
      <button type="button" aria-expanded={isOpen} title={title} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'chevron' : 'right'} />
        {about} <span className="micro">{plural(count, 'operation')}</span>
      </button>
      {isOpen && <Layers layers={parts} />}
    </li>
  );
}
