/** The values of every run at the selected place, as a table. */
import { lossTag } from '@convscope/shared/loss-tag.js';
import { useContext, useMemo, useState } from 'react';
import { scalarText } from '../../charts/tick-text.js';
import { elapsedText, shortTimeText } from '../../charts/time-ticks.js';
import { usePalette } from '../../drawing/palette.js';
import { Button } from '../../ui/button.js';
import { compareNames } from '../../ui/compare-names.js';
import { copyText } from '../../ui/copy-text.js';
import { formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useStoreValue } from '../../ui/store.js';
import { type CardName, titleOf } from './cards.js';
import { CurveKey } from './curve-key.js';
import { smoothingLook } from './curve-smoothing.js';
import { curveSources } from './curve-sources.js';
import { DrawnRunsContext, useScalars } from './scalars-context.js';
import { placeText } from './tip.js';
import { useExactReadings } from './use-exact-readings.js';
import { useTagVersion } from './use-tag-version.js';
import { tableText, type ValueRow, valueRows } from './value-rows.js';

type Column = 'label' | 'smoothed' | 'value' | 'x' | 'wallTime' | 'lowest' | 'highest' | 'best';

const COLUMNS: readonly (readonly [Column, string])[] = [
  ['label', 'run'],
  ['smoothed', 'smoothed'],
  ['value', 'value'],
  ['x', 'step'],
  ['wallTime', 'time'],
  ['lowest', 'min'],
  ['highest', 'max'],
  ['best', 'best'],
];

export function ValuesPanel({ card, at }: { card: CardName; at: number }) {
  const state = useScalars();
  const runs = useContext(DrawnRunsContext);
  const view = useStoreValue(state.view);
  const { utc } = useStoreValue(state.preferences);
  const { tokens } = usePalette();
  const version = useTagVersion(card.tags);
  const [sort, setSort] = useState<{ column: Column; isDown: boolean }>({ column: 'label', isDown: false });
  const isLossFirst = lossTag(card.tags) !== undefined;
  const [bestIs, setBestIs] = useState<'lowest' | 'highest' | undefined>(undefined);
  const best = bestIs ?? (isLossFirst ? 'lowest' : 'highest');
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are read anew when something has come
  const sources = useMemo(
    () =>
      curveSources({
        runs,
        tags: card.tags,
        margins: card.chart?.margins,
        group: '',
        tokens,
        trackOf: (run, tag) => state.tracks.track(run, tag),
      }),
    [runs, card, tokens, state, version],
  );
  const smoothing = smoothingLook(view.smoothing);
  const exact = useExactReadings(sources, at, view.x, smoothing.weight);
  const look = { x: view.x, ...smoothing, width: 1000, part: undefined };
  const rows = sortedBy(valueRows(sources, at, look, exact, best), sort.column, sort.isDown);
  const wallText = (seconds: number) => shortTimeText(seconds, utc, Date.now() / 1000);
  const timeOf = ({ wallTime }: ValueRow) => (wallTime === undefined ? '–' : wallText(wallTime));
  const placeOf = ({ x, step }: ValueRow) =>
    step !== undefined ? formatStep(step) : view.x === 'relative' ? elapsedText(x) : '–';
  const header = (column: Column, text: string) => (
    <th key={column} aria-sort={sort.column === column ? (sort.isDown ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        onClick={() => setSort({ column, isDown: sort.column === column && !sort.isDown })}
      >
        {text}
        {sort.column === column && (sort.isDown ? ' ↓' : ' ↑')}
      </button>
    </th>
  );
  return (
    <section className="values" aria-label={`Values of ${titleOf(card)}`}>
      <div className="scalars-head">
        <h3 className="heading ellipsis">
          {titleOf(card)} at {placeText(at, { x: view.x, utc })}
        </h3>
        <span className="grow" />
        <Button
          quiet
          title="What counts as the best value"
          onClick={() => setBestIs(best === 'lowest' ? 'highest' : 'lowest')}
        >
          best is {best}
        </Button>
        <Button
          quiet
          onClick={() => {
            void copyText(tableText(rows, timeOf)).then((isCopied) => {
              if (isCopied) state.say('Table copied');
            });
          }}
        >
          <Icon name="copy" />
          Copy
        </Button>
        <Button
          quiet
          iconOnly
          aria-label="Close the values"
          title="Close (Esc)"
          onClick={() => state.show({ at: undefined })}
        >
          <Icon name="close" />
        </Button>
      </div>
      <div className="values-table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th aria-label="Colour" />
              {COLUMNS.map(([column, text]) => header(column, text))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <td>
                  <CurveKey colour={row.colour} dash={row.dash} />
                </td>
                <td>
                  <bdi>{row.label}</bdi>
                </td>
                <td
                  className="strong"
                  title={row.smoothed === undefined ? 'drawn as it was logged' : String(row.smoothed)}
                >
                  {row.smoothed === undefined ? '–' : scalarText(row.smoothed)}
                </td>
                <td title={String(row.value)}>{scalarText(row.value)}</td>
                <td>{placeOf(row)}</td>
                <td>{timeOf(row)}</td>
                <td>{row.lowest === undefined ? '–' : scalarText(row.lowest)}</td>
                <td>{row.highest === undefined ? '–' : scalarText(row.highest)}</td>
                <td>
                  {row.best === undefined ? '–' : scalarText(row.best.y)}
                  {row.best !== undefined && (
                    <span className="faint">
                      {' '}
                      at{' '}
                      {view.x === 'step'
                        ? formatStep(row.best.x)
                        : view.x === 'relative'
                          ? elapsedText(row.best.x)
                          : wallText(row.best.x)}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function sortedBy(rows: readonly ValueRow[], column: Column, isDown: boolean): ValueRow[] {
  const sign = isDown ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (column === 'label') return sign * compareNames(a.label, b.label);
    const [left, right] = [a, b].map((row) => (column === 'best' ? row.best?.y : row[column]));
    // What is not known comes last.
    if (left === undefined || Number.isNaN(left)) return right === undefined || Number.isNaN(right) ? 0 : 1;
    if (right === undefined || Number.isNaN(right)) return -1;
    return sign * (left - right);
  });
}
