import { CONDITIONS } from '@convscope/shared/channels/health.js';
import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { FLAG_NAMES } from '../flag-names.js';
import { type Statistics as ChannelStatistics, statisticsOf } from '../frames/channel-statistics.js';
import { intervalsText } from '../frames/findings.js';
import type { Interval, LayerHealth } from '../frames/layer-health.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';

/** Statistics of the selected channel over all pictures of the capture, and its conditions over all captures. */
export function Statistics({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const { frame, channel, layer } = selection;
  const health = useStore(app.frames.history.health, (layers) => layers.get(layer.name));
  const record = frame?.output?.decoded;
  const statistics = record === undefined ? undefined : statisticsOf(record);
  const judged = health === undefined || health.steps.length === 0 ? undefined : health;
  if (statistics === undefined && judged === undefined) return null;
  const isBefore = layer.outputRole === 'preactivation' && layer.description?.activation === 'relu';
  const pictures = statistics?.pictures ?? judged?.pictures ?? 0;
  const intervals = judged?.intervals.get(channel) ?? [];
  return (
    <section className="section" aria-label="Channel statistics">
      <h3 className="heading">
        Channel, {formatStep(pictures)} {pictures === 1 ? 'picture' : 'pictures'}
        {isBefore ? ', before ReLU' : ''}
      </h3>
      {statistics !== undefined && <Numbers statistics={statistics} channel={channel} isBefore={isBefore} />}
      {judged !== undefined && <Conditions judged={judged} intervals={intervals} />}
    </section>
  );
}

function Numbers(props: {
  readonly statistics: ChannelStatistics;
  readonly channel: number;
  readonly isBefore: boolean;
}) {
  const { statistics, channel, isBefore } = props;
  const nonFinite = statistics.nonFinite[channel] ?? 0;
  return (
    <dl className="statistics">
      <dt>mean</dt>
      <dd>{formatValue(statistics.mean[channel]!)}</dd>
      <dt>std</dt>
      <dd>{formatValue(statistics.std[channel]!)}</dd>
      <dt>min</dt>
      <dd>{formatValue(statistics.min[channel]!)}</dd>
      <dt>max</dt>
      <dd>{formatValue(statistics.max[channel]!)}</dd>
      <dt title={isBefore ? 'Fraction of values that ReLU turns into 0' : 'Fraction of values that are 0'}>
        zero
      </dt>
      <dd>{formatPercent(statistics.zeroFraction[channel]!)}</dd>
      {nonFinite > 0 && (
        <>
          <dt title="Values that are NaN, +∞ or −∞: the log counts them together">NaN, ±∞</dt>
          <dd className="is-nan">{formatStep(nonFinite)}</dd>
        </>
      )}
    </dl>
  );
}

/** The steps in which the channel had each condition. */
function Conditions({ judged, intervals }: { judged: LayerHealth; intervals: readonly Interval[] }) {
  return (
    <dl className="conditions" aria-label="Conditions over all captures">
      {CONDITIONS.map((condition) => {
        const same = intervals.filter((one) => one.condition === condition);
        const last = same.at(-1);
        if (last === undefined) return null;
        return (
          <div key={condition}>
            <dt className={`flag-${condition}`}>{FLAG_NAMES[condition]}</dt>
            <dd title={intervalsText(last, same.slice(0, -1), 100)}>
              {intervalsText(last, same.slice(0, -1))}
            </dd>
          </div>
        );
      })}
      {intervals.length === 0 && (
        <div>
          <dt>healthy</dt>
          <dd>in {capturesText(judged.steps.length, judged.pending > 0)}</dd>
        </div>
      )}
    </dl>
  );
}

/** Names the captures that have been judged. */
function capturesText(count: number, hasMore: boolean): string {
  if (count === 1) return hasMore ? 'the first capture' : 'the one capture';
  return `${hasMore ? 'the first' : 'all'} ${formatStep(count)} captures`;
}
