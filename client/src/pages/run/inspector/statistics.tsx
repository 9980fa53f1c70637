import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { useStoreValue } from '../../../ui/store.js';
import { firstStepOf } from '../frames/findings.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';

/** Statistics of the selected channel over all pictures of the capture. */
export function Statistics({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const { frame, channel, layer } = selection;
  const record = frame?.output?.decoded;
  const statistics = record?.kind === 'channels' ? record.statistics : undefined;
  const findings = useStoreValue(app.frames.findings);
  if (statistics === undefined) return null;
  const dead = firstStepOf(findings, layer.name, channel, 'dead');
  const nonFinite = statistics.nonFinite[channel] ?? 0;
  const before = layer.outputRole === 'preactivation' ? ', before ReLU' : '';
  return (
    <section className="section" aria-label="Channel statistics">
      <h3 className="heading">
        Channel, {formatStep(statistics.pictures)} pictures
        {layer.description?.activation === 'relu' ? before : ''}
      </h3>
      <dl className="statistics">
        <dt>mean</dt>
        <dd>{formatValue(statistics.mean[channel]!)}</dd>
        <dt>std</dt>
        <dd>{formatValue(statistics.std[channel]!)}</dd>
        <dt>min</dt>
        <dd>{formatValue(statistics.min[channel]!)}</dd>
        <dt>max</dt>
        <dd>{formatValue(statistics.max[channel]!)}</dd>
        <dt title="Fraction of values that ReLU silences">zero</dt>
        <dd>{formatPercent(statistics.zeroFraction[channel]!)}</dd>
        {nonFinite > 0 ? (
          <>
            <dt>NaN, ∞</dt>
            <dd className="is-nan">{formatStep(nonFinite)}</dd>
          </>
        ) : (
          <>
            <dt title="Among the captures looked at until now">first dead</dt>
            <dd>{dead === undefined ? 'not seen' : formatStep(dead)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
