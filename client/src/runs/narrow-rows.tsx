/** The runs in a narrow list: a row of two or three lines for each. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { nameOfRun } from '@convscope/shared/run-name.js';
import { useMemo } from 'react';
import { formatValue } from '../ui/format.js';
import { useStoreValue } from '../ui/store.js';
import { useTextWidth } from '../ui/text-width.js';
import { readTokens } from '../ui/tokens.js';
import { useSize } from '../ui/use-size.js';
import { cutNames } from './cut-names.js';
import { placeOf } from './run-colours.js';
import type { RowsProps } from './run-list-props.js';
import { ROW_HEIGHTS, type RowForm, RunRow } from './run-row.js';
import type { CurveState } from './run-square.js';
import { useRuns } from './runs-context.js';
import { useRowWindow } from './use-row-window.js';
import { selectByMenu, useRunChoice } from './use-run-choice.js';

/** What a row has beside name and value: edge, square, gaps, and some room for the rounding of widths. */
const BESIDE_NAME = 50;
/** The room that values take at least, so that names are not cut anew when a loss changes by a digit. */
const LEAST_VALUE = 72;

export function NarrowRows({ runs, selected, onSelect, drawn }: RowsProps) {
  const hub = useRuns();
  const places = useStoreValue(hub.table.places);
  const selection = useStoreValue(hub.table.selection);
  const names = useMemo(() => runs.map(({ run }) => run), [runs]);
  const [boxRef, size] = useSize<HTMLDivElement>();
  const { prefix, shownOf, form } = useShownNames(runs, size.width);
  const rowHeight = ROW_HEIGHTS[form];
  const draw = useMemo(() => hub.setDrawn.bind(hub), [hub]);
  const { choose, onMove, handleKey } = useRunChoice(names, onSelect);
  const list = useRowWindow({ boxRef, size, rows: names, rowHeight, selected, onMove });
  return (
    <>
      {prefix !== '' && (
        <p className="micro run-prefix" title={`All of these runs begin with ${prefix}`}>
          {prefix}
        </p>
      )}
      <div
        ref={boxRef}
        className="run-list"
        onKeyDown={(event) => {
          if (handleKey(event, names[list.stop])) event.preventDefault();
          list.onKeyDown(event);
        }}
        onContextMenu={selectByMenu(hub.table)}
        onScroll={list.onScroll}
        onFocus={list.onFocus}
        onPointerEnter={() => hub.table.hold(true)}
        onPointerLeave={() => hub.table.hold(false)}
      >
        <ul style={{ height: runs.length * rowHeight }}>
          {list.rendered.map((at) => {
            const run = runs[at]!;
            const hasCurve = drawn.get(run.run);
            const curve: CurveState = hasCurve === undefined ? 'not drawn' : hasCurve ? 'drawn' : 'empty';
            return (
              <RunRow
                key={run.run}
                run={run}
                shownName={run.label ?? shownOf.get(run.run) ?? nameOfRun(run.run)}
                form={form}
                at={at}
                count={runs.length}
                place={places.get(run.run) ?? placeOf(run.run)}
                selected={at === list.selectedAt}
                marked={selection.has(run.run)}
                curve={curve}
                isTabStop={at === list.stop}
                onSelect={choose}
                onDraw={draw}
              />
            );
          })}
        </ul>
      </div>
    </>
  );
}

/** Names as they fit into a list of this width. If any is cut beside its loss, the losses move to a line of their own. */
function useShownNames(runs: readonly RunSummary[], width: number) {
  const names = runs.map(({ run }) => run).join('\0');
  const measure = useTextWidth(`500 13px ${readTokens().font}`);
  // As `RawLoss` writes it.
  const values = runs.map(({ loss }) => (loss === undefined ? '' : `raw ${formatValue(Number(loss))}`));
  // In steps, so that names are not cut anew with every value.
  const widest = Math.max(0, ...values.map(measure));
  const valueWidth = widest === 0 ? 0 : Math.max(LEAST_VALUE, Math.ceil(widest / 8) * 8);
  return useMemo(() => {
    const cut = names.split('\0').filter((name) => name !== '.');
    const room = width === 0 ? Number.POSITIVE_INFINITY : Math.max(40, width - BESIDE_NAME);
    const beside = cutNames(cut, Math.max(40, room - valueWidth), measure);
    const isWhole = cut.every((name) => beside.shown.get(name) === name.slice(beside.prefix.length));
    const form: RowForm = isWhole || valueWidth === 0 ? 'usual' : 'tall';
    const { prefix, shown } = form === 'usual' ? beside : cutNames(cut, room, measure);
    return { prefix, shownOf: shown, form };
  }, [names, width, valueWidth, measure]);
}
