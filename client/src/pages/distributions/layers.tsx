/** All histograms of the runs as a table: one row a tag, with its spread over the steps and its newest numbers. */

import { titleOfRun } from '@convscope/shared/run-name.js';
import { scalarText } from '../../charts/tick-text.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { GroupHead } from '../../ui/group-head.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStoreValue } from '../../ui/store.js';
import { useVisible } from '../../ui/use-visible.js';
import { useDistributions } from './distributions-state.js';
import type { HistogramAt } from './histogram-at.js';
import { PlotView } from './plot-view.js';
import { undrawnText } from './undrawn.js';
import { usePlotData } from './use-plot-data.js';

/** A row is narrow, and a net may have a hundred of them. */
const MOST_SHOWN = 32;
const LOW = 2;
const MEDIAN = 4;
const HIGH = 6;

export interface RunTags {
  readonly run: DrawnRun;
  readonly tags: readonly string[];
}

export function Layers({ runs }: { readonly runs: readonly RunTags[] }) {
  const { preferences, toggle } = useDistributions();
  const { closed } = useStoreValue(preferences);
  return runs.map(({ run, tags }) => {
    const group = `run ${run.run}`;
    const isOpen = !closed.includes(group);
    return (
      <section key={run.run} aria-label={run.run}>
        <GroupHead
          name={titleOfRun(run)}
          count={tags.length}
          isOpen={isOpen}
          colour={run.colour.variable}
          onToggle={() => toggle(group)}
        />
        {isOpen && (
          <table className="layer-table">
            <thead>
              <tr>
                <th scope="col">tag</th>
                <th scope="col">spread over the steps</th>
                <th
                  scope="col"
                  className="layers-number"
                  title="Half of the distance between 15.87 % and 84.13 %"
                >
                  ± σ
                </th>
                <th scope="col" className="layers-number layers-wide">
                  median
                </th>
                <th scope="col" className="layers-number layers-wide">
                  least
                </th>
                <th scope="col" className="layers-number layers-wide">
                  greatest
                </th>
              </tr>
            </thead>
            <tbody>
              {tags.map((tag) => (
                <Row key={tag} run={run} tag={tag} />
              ))}
            </tbody>
          </table>
        )}
      </section>
    );
  });
}

function Row({ run, tag }: { readonly run: DrawnRun; readonly tag: string }) {
  const [ref, isVisible] = useVisible<HTMLTableRowElement>();
  return (
    <tr ref={ref} data-tag={tag} data-run={run.run}>
      <th scope="row" className="ellipsis" title={tag}>
        {tag}
      </th>
      {isVisible && (
        <PartBoundary name={tag} of={`${run.run}\n${tag}`}>
          <Spread run={run} tag={tag} />
        </PartBoundary>
      )}
    </tr>
  );
}

function Spread({ run, tag }: { readonly run: DrawnRun; readonly tag: string }) {
  const { address, hover } = useDistributions();
  const { data, histograms } = usePlotData(run.run, tag, MOST_SHOWN, undefined);
  const [first, last] = [histograms.shown[0], histograms.shown.at(-1)];
  const undrawn = undrawnText(histograms.shown);
  const percentile = (place: number) =>
    last === undefined ? '' : numberText(last, last.percentiles[place]!);
  return (
    <>
      <td className="layers-plot">
        {data === undefined && undrawn !== undefined ? (
          <p className="faint ellipsis" title={undrawn}>
            {undrawn}
          </p>
        ) : data === undefined ? (
          <div className="plot-view plot-well" />
        ) : (
          <PlotView
            id={`${run.run}\n${tag}`}
            label={`${tag} of ${run.run}`}
            plot="layers"
            data={data}
            colour={run.colour}
            hover={hover}
            onSpan={(span) => address.show({ span })}
          />
        )}
      </td>
      <td className="layers-number" title={histograms.error}>
        {histograms.error !== undefined && last === undefined ? (
          <span className="is-bad">unreadable</span>
        ) : (
          first && last && <Sigma first={first} last={last} />
        )}
      </td>
      <td className="layers-number layers-wide">{percentile(MEDIAN)}</td>
      <td className="layers-number layers-wide">{percentile(0)}</td>
      <td className="layers-number layers-wide">{percentile(8)}</td>
    </>
  );
}

/** A histogram that counts no values has none to say. */
export function numberText({ count }: Pick<HistogramAt, 'count'>, value: number): string {
  return count === 0 ? '–' : scalarText(value);
}

/** σ of a normal distribution with this spread, of the newest histogram and as a multiple of the first. */
function Sigma({ first, last }: { readonly first: HistogramAt; readonly last: HistogramAt }) {
  const sigma = ({ percentiles }: HistogramAt) => (percentiles[HIGH]! - percentiles[LOW]!) / 2;
  const [before, now] = [sigma(first), sigma(last)];
  const ratio = first.count === 0 || last.count === 0 ? Number.NaN : now / before;
  return (
    <>
      {numberText(last, now)}
      {first !== last && Number.isFinite(ratio) && (
        <span className="faint" title={`The first one has ${scalarText(before)}.`}>
          {' '}
          ×{ratio >= 100 ? ratio.toFixed(0) : Number(ratio.toPrecision(2))}
        </span>
      )}
    </>
  );
}
