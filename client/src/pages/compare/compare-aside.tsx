/** What the numbers say: at the pointer, of the chosen channel, of all channels, and of all layers. */
import type { ChannelChange } from '@convscope/shared/channels/change.js';
import { exactly, type Reading } from '@convscope/shared/convolution/reading.js';
import { useMemo } from 'react';
import { plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompare, useView } from './compare-context.js';
import { placeText } from './compare-grid.js';
import { type Comparison, orderOf, partnerOf, valuesAt } from './comparison.js';
import type { LayerChange } from './layer-changes.js';
import { SideBadge } from './side-bar.js';
import { channelName } from './stage.js';
import {
  correlationText,
  differenceText,
  growthText,
  shareText,
  sizeText,
  valueText,
  verdictOf,
} from './texts.js';
import { usePlace } from './use-place.js';
import type { Sort } from './view.js';

/** The grid has all channels; a list of more is not read. */
const MOST_LISTED = 48;
/** Computed layers that are named; the others are in the title. */
const MOST_NAMED = 6;

export function CompareAside({ comparison }: { comparison: Comparison | undefined }) {
  return (
    <aside className="compare-aside" aria-label="What has changed">
      {comparison !== undefined && <PlaceSection comparison={comparison} />}
      {comparison !== undefined && comparison.mismatch === undefined && (
        <>
          <ChannelSection comparison={comparison} />
          <ChannelList comparison={comparison} />
        </>
      )}
      <LayerList />
    </aside>
  );
}

function PlaceSection({ comparison }: { comparison: Comparison }) {
  const place = usePlace(comparison);
  const { a, b, difference } = valuesAt(comparison, place.channel, place.y, place.x);
  const verdict = difference && verdictOf(difference);
  return (
    <section className="section" aria-label="Values at a place">
      <h3 className="heading">
        {place.isHovered
          ? 'Under the pointer'
          : `At the marked ${comparison.stage === 'kernels' ? 'weight' : 'pixel'}`}
      </h3>
      <p className="small muted">{placeText(comparison, place)}</p>
      <dl className="compare-values" data-place={`${place.channel},${place.y},${place.x}`}>
        <dt>
          <SideBadge side="a" />
        </dt>
        <dd>{a === undefined ? 'no value' : valueText(a)}</dd>
        <dt>
          <SideBadge side="b" />
        </dt>
        <dd>{b === undefined ? 'no value' : valueText(b)}</dd>
        <dt>B − A</dt>
        <dd className="strong">{difference === undefined ? 'not compared' : differenceText(difference)}</dd>
      </dl>
      {verdict !== undefined && <p className="micro">{verdict}</p>}
    </section>
  );
}

function overText({ measured, stage }: Comparison): string {
  if (stage === 'kernels') return 'over its weights';
  return measured === 1 ? 'over this picture' : `over ${measured} pictures`;
}

function ChannelSection({ comparison }: { comparison: Comparison }) {
  const channel = useView((view) => view.channel);
  const change = comparison.changes[channel];
  const partner = partnerOf(comparison, channel);
  return (
    <section className="section" aria-label="The chosen channel">
      <h3 className="heading">
        {channelName(comparison.stage, channel)}
        {comparison.match !== undefined && ` and out ${partner ?? 'none'} of B`}
        <span className="micro">{overText(comparison)}</span>
      </h3>
      {change === undefined ? (
        <p className="small muted">It has no partner in B.</p>
      ) : change.places === 0 ? (
        <p className="small muted">
          A or B is NaN or infinite at each of its places: there is nothing to measure.
        </p>
      ) : (
        <ChangeTable change={change} />
      )}
    </section>
  );
}

function ChangeTable({ change }: { change: ChannelChange }) {
  const { meanAbsolute, correlation, normA, normB, norm } = change;
  const growth = growthText(normA, normB);
  const isSame = meanAbsolute.lo <= 0;
  return (
    <>
      <dl className="compare-values">
        <dt>mean |B − A|</dt>
        <dd>{valueText(meanAbsolute)}</dd>
        <dt>correlation</dt>
        <dd>{correlation === undefined ? 'none, one is constant' : correlationText(correlation)}</dd>
        <dt>norm of A</dt>
        <dd>{valueText(normA)}</dd>
        <dt>norm of B</dt>
        <dd>{valueText(normB)}</dd>
        <dt>change of norm</dt>
        <dd>{growth ?? differenceText(norm)}</dd>
      </dl>
      {isSame && (
        <p className="micro">{meanAbsolute.hi === 0 ? 'equal' : 'no change within what the log can tell'}</p>
      )}
    </>
  );
}

const LIST_HEADS: Readonly<Record<Sort, string>> = {
  index: 'mean |B − A|',
  difference: 'mean |B − A|',
  correlation: 'correlation, lowest first',
  norm: 'change of norm',
};

/** The length of a bar, from 0 to 1, and the number beside it. */
function rowOf(
  change: ChannelChange,
  sort: Sort,
  most: number,
): { readonly bar: number; readonly text: string } {
  if (change.places === 0) return { bar: 0, text: 'not finite' };
  if (sort === 'correlation') {
    const { correlation } = change;
    if (correlation === undefined) return { bar: 0, text: '–' };
    return { bar: (1 - correlation.value) / 2, text: correlationText(exactly(correlation.value), 2) };
  }
  if (sort === 'norm') {
    const certain = sizeLow(change.norm);
    const text =
      certain === 0 ? '≈ 0' : (growthText(change.normA, change.normB) ?? differenceText(change.norm));
    return { bar: certain / most, text };
  }
  return { bar: change.meanAbsolute.lo / most, text: sizeText(change.meanAbsolute) };
}

function sizeLow({ lo, hi }: Reading): number {
  return Math.max(0, lo, -hi);
}

function ChannelList({ comparison }: { comparison: Comparison }) {
  const app = useCompare();
  const sort = useView((view) => view.sort);
  const channel = useView((view) => view.channel);
  const order = useMemo(() => orderOf(comparison, sort), [comparison, sort]);
  const { changes } = comparison;
  const most = changes.reduce(
    (largest, change) =>
      Math.max(
        largest,
        change === undefined ? 0 : sort === 'norm' ? sizeLow(change.norm) : change.meanAbsolute.lo,
      ),
    Number.MIN_VALUE,
  );
  return (
    <section className="section" aria-label="Channels by change">
      <h3 className="heading">
        {sort === 'index' ? 'Channels' : 'Most changed'}{' '}
        <span className="micro" title="Ordered by what is certain: the smallest change that the log allows">
          {LIST_HEADS[sort]}
        </span>
      </h3>
      <ol className="compare-list">
        {order.slice(0, MOST_LISTED).map((one) => {
          const change = changes[one];
          if (change === undefined) return null;
          const { bar, text } = rowOf(change, sort, most);
          return (
            <li key={one}>
              <ListRow
                name={channelName(comparison.stage, one)}
                bar={bar}
                text={text}
                isChosen={one === channel}
                onChoose={() => app.selectChannel(one)}
              />
            </li>
          );
        })}
      </ol>
      {order.length > MOST_LISTED && (
        <p className="micro">and {plural(order.length - MOST_LISTED, 'more channel')}, in the grid</p>
      )}
    </section>
  );
}

function ListRow(props: {
  readonly name: string;
  readonly bar: number;
  readonly text: string;
  readonly title?: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { name, bar, text, title, isChosen, onChoose } = props;
  return (
    <button
      type="button"
      className="compare-row"
      aria-current={isChosen ? 'true' : undefined}
      title={title}
      onClick={onChoose}
    >
      <span className="ellipsis">{name}</span>
      <span className="compare-bar">
        <i style={{ width: `${Number.isFinite(bar) ? Math.max(0, Math.min(1, bar)) * 100 : 0}%` }} />
      </span>
      <span className="compare-number">{text}</span>
    </button>
  );
}

function LayerList() {
  const app = useCompare();
  const changes = useStoreValue(app.layers.changes);
  const isBusy = useStoreValue(app.layers.isBusy);
  const { layer, view } = useStoreValue(app.a);
  // Their changes follow from those of the layers that they are computed from.
  const measured = new Set(view?.layers.map(({ name }) => name));
  const computed = (view?.views ?? []).map(({ name }) => name).filter((name) => !measured.has(name));
  const sorted = useMemo(() => sortedLayers(changes), [changes]);
  if (changes.length < 2 && !isBusy) return null;
  const most = Math.max(Number.MIN_VALUE, ...changes.map(({ change }) => change?.lo ?? 0));
  return (
    <section className="section" aria-label="Layers by change">
      <h3 className="heading">
        Layers <span className="micro">|B − A| of |A|</span>
      </h3>
      <ol className="compare-list">
        {sorted.map(({ layer: name, change, of, note }) => (
          <li key={name}>
            <ListRow
              name={of === 'maps' ? `${name}, maps` : name}
              bar={(change?.lo ?? 0) / most}
              text={change === undefined ? '–' : shareText(change)}
              title={note ?? `The ${of} of ${name}: norm of B − A, of the norm of A`}
              isChosen={name === layer?.name}
              onChoose={() => app.selectLayer('a', name)}
            />
          </li>
        ))}
      </ol>
      {isBusy && <p className="micro">measuring the other layers</p>}
      {computed.length > 0 && (
        <p className="micro" title={computed.join(', ')}>
          Without {plural(computed.length, 'layer')} that {computed.length === 1 ? 'is' : 'are'} computed from
          these: {computed.slice(0, MOST_NAMED).join(', ')}
          {computed.length > MOST_NAMED && ' …'}
        </p>
      )}
    </section>
  );
}

/** Those that have certainly changed most first; kernels before maps, since their changes are not alike. */
function sortedLayers(changes: readonly LayerChange[]): readonly LayerChange[] {
  const key = ({ change }: LayerChange) => change?.lo ?? -1;
  return [...changes].sort((one, other) =>
    one.of === other.of ? key(other) - key(one) : one.of === 'kernels' ? -1 : 1,
  );
}
