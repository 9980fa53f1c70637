/** Where the chosen channel comes from: the channels that add most to it, each a step towards the picture. */
import { NET_INPUT } from '@convscope/shared/run-description.js';
import { useMemo, useState } from 'react';
import { formatPercent, formatReading, plural } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { type Lineage, lineageOf, type Source, sourceReading } from '../state/lineage.js';
import type { Selection } from '../state/selection.js';
import './lineage.css';

const SHOWN = 6;

const SIZES: Readonly<Record<Lineage['of'], string>> = {
  map: 'by what each adds to this map (rms)',
  value: 'by what each adds to this value',
  product: 'the factors of this value',
};

/** The channels that led here, as a way back. */
export function Trail({ selection }: { readonly selection: Selection }) {
  const app = useRunPage();
  const trail = useStore(app.view, (view) => view.trail);
  if (trail.length === 0) return null;
  return (
    <nav className="trail micro" aria-label="Way back">
      {trail.map(({ layer, channel }, index) => (
        // A trail may pass the same channel only once, since a net has no circles.
        <span key={`${layer}:${channel}`}>
          <button type="button" onClick={() => app.goBackTo(index)} title={`Back to ${layer} out ${channel}`}>
            {layer} {channel}
          </button>
          <span className="faint"> ‹ </span>
        </span>
      ))}
      <span aria-current="page">
        {selection.layer.name} {selection.channel}
      </span>
    </nav>
  );
}

export function LineageSection({ selection }: { readonly selection: Selection }) {
  const lineage = useMemo(() => lineageOf(selection), [selection]);
  const [all, setAll] = useState(false);
  if (lineage === undefined || lineage.sources.length === 0) return null;
  const { sources, of } = lineage;
  const shown = all ? sources : sources.slice(0, SHOWN);
  return (
    <section className="section" aria-label="Where it comes from" data-lineage={selection.layer.name}>
      <h3 className="heading">
        Comes from <span className="micro">{SIZES[of]}</span>
      </h3>
      <ol className="lineage">
        {shown.map((source) => (
          <SourceRow key={`${source.operand}:${source.channel}`} source={source} selection={selection} />
        ))}
      </ol>
      {sources.length > SHOWN && (
        <button type="button" className="micro muted" onClick={() => setAll(!all)}>
          {all ? 'the largest only' : `${plural(sources.length - SHOWN, 'more channel')}`}
        </button>
      )}
    </section>
  );
}

function SourceRow({ source, selection }: { readonly source: Source; readonly selection: Selection }) {
  const app = useRunPage();
  const { layer, channel, share, y, x } = source;
  const isPicture = layer === NET_INPUT;
  const reading = sourceReading(selection, source);
  // Names of layers may be long, and are cut before the number of the channel is.
  const [where, which] = isPicture
    ? ['picture,', `channel ${channel}`]
    : layer === ''
      ? ['', `in ${channel}`]
      : [layer, `out ${channel}`];
  const bar = (
    <>
      <span className="lineage-name">
        {where !== '' && <span className="ellipsis">{where}</span>} <span className="nowrap">{which}</span>
      </span>
      <span className="bar">
        <i style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      <span style={{ textAlign: 'right' }}>{formatPercent(share, 0)}</span>
    </>
  );
  const place = reading === undefined ? '' : `: ${formatReading(reading)} at y ${y}, x ${x}`;
  const title = `${where} ${which}${place}`.trim();
  return (
    <li>
      {isPicture || layer === '' ? (
        <span className="lineage-row" title={title}>
          {bar}
        </span>
      ) : (
        <button
          type="button"
          className="lineage-row"
          title={title}
          data-source={`${layer}:${channel}`}
          onClick={() => app.follow(source)}
        >
          {bar}
        </button>
      )}
    </li>
  );
}
