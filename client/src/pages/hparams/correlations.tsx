/** How far each metric goes with each hyperparameter. */
import { useMemo } from 'react';
import { Segments } from '../../ui/segments.js';
import { useStoreValue } from '../../ui/store.js';
import { type Correlation, correlate, measuresOf } from './correlation.js';
import { useHparams } from './hparams-state.js';
import type { ShownTable } from './use-table.js';
import type { Method } from './view.js';

const METHOD_NAMES: readonly (readonly [Method, string])[] = [
  ['spearman', 'Spearman'],
  ['pearson', 'Pearson'],
];

export function Correlations({ table }: { readonly table: ShownTable }) {
  const { columns, rows, within } = table;
  const { address } = useHparams();
  const { method } = useStoreValue(address.state);
  const counted = useMemo(() => rows.filter(({ id }) => within.has(id)), [rows, within]);
  const metrics = columns.filter(({ kind }) => kind === 'metric');
  const found = useMemo(() => {
    const hparams = columns.filter(({ kind }) => kind === 'hparam');
    const measures = hparams.flatMap((column) => measuresOf(column, counted, column.isLog));
    const wanted = columns
      .filter(({ kind }) => kind === 'metric')
      .flatMap((column) => measuresOf(column, counted, false));
    return measures.map((measure) => ({
      measure,
      of: wanted.map((metric) => correlate(counted, measure, metric, method)),
    }));
  }, [columns, counted, method]);
  return (
    <>
      <div className="section-controls">
        <Segments
          label="Kind of correlation"
          value={method}
          options={METHOD_NAMES}
          onChange={(next) => address.show({ method: next })}
        />
        <span className="small muted">
          {method === 'spearman'
            ? 'of ranks: how surely one grows with the other'
            : 'of values: how near they lie to a straight line'}
          , over {counted.length === 1 ? 'the row that is' : `the ${counted.length} rows that are`} shown. It
          does not prove a cause.
        </span>
      </div>
      {found.length === 0 ? (
        <p className="small muted section-note">
          No hyperparameter differs between these rows in a way that could be compared.
        </p>
      ) : (
        <div className="session-scroll" role="group" aria-label="Correlations" tabIndex={0}>
          <table className="sessions correlations">
            <thead>
              <tr>
                <th scope="col">hyperparameter</th>
                {metrics.map(({ id, title }) => (
                  <th key={id} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.map(({ measure, of }) => (
                <tr key={measure.id}>
                  <th scope="row">{measure.title}</th>
                  {of.map((one, at) => (
                    <td key={metrics[at]?.id}>
                      <Bar {...one} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

export function correlationText({ value }: Pick<Correlation, 'value'>): string {
  return value === undefined
    ? '–'
    : value
        .toFixed(2)
        .replace('-', '−')
        .replace(/^−(0\.00)$/, '$1');
}

function Bar({ value, n }: Correlation) {
  const share = Math.abs(value ?? 0) * 50;
  return (
    <span className="correlation">
      <span className="correlation-bar" aria-hidden>
        <i
          className={(value ?? 0) < 0 ? 'is-negative' : 'is-positive'}
          style={{ left: `${(value ?? 0) < 0 ? 50 - share : 50}%`, width: `${share}%` }}
        />
      </span>
      <span className="correlation-value">{correlationText({ value })}</span>
      <span className="micro">n = {n}</span>
    </span>
  );
}
