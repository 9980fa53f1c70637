/** The list of runs, with a filter: selects a run, and chooses the curves to draw beside it. */
import './run-list.css';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { useEffect, useRef } from 'react';
import { formatStep } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';
import { Segments } from '../ui/segments.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { Toggle } from '../ui/toggle.js';
import { useNarrow, useSize } from '../ui/use-size.js';
import { type DrawnOthers, MOST_DRAWN } from './drawn-runs.js';
import { NarrowRows } from './narrow-rows.js';
import type { RunListProps } from './run-list-props.js';
import { useRuns } from './runs-context.js';
import { WIDE_FROM } from './widths.js';

// Loaded when there is room for it.
const WideRows = lazily(
  async () => (await import('./table/wide-rows.js')).WideRows,
  <div className="run-list" />,
  true,
);
const SelectionBar = lazily(async () => (await import('./table/selection-bar.js')).SelectionBar, null);
const TableOptions = lazily(async () => (await import('./table/table-options.js')).TableOptions, null);

/** The id of the filter field, which the key / focuses. */
const FILTER_ID = 'run-filter';
const OTHERS: readonly (readonly [DrawnOthers, string])[] = [
  ['newest', 'newest'],
  ['all', 'all'],
  ['none', 'none'],
];
const NO_RUNS: readonly RunSummary[] = [];
const NO_NOTICES: readonly string[] = [];
const NONE: ReadonlySet<string> = new Set();

export function focusRunFilter(): void {
  document.getElementById(FILTER_ID)?.focus();
}

export function RunList({ selected, onSelect, drawn }: RunListProps) {
  const runs = useRuns();
  const all = useStore(runs.list, (list) => list?.runs) ?? NO_RUNS;
  const notices = useStore(runs.list, (list) => list?.notices) ?? NO_NOTICES;
  const filter = useStoreValue(runs.filter);
  const { runs: listed, problem, note } = useStoreValue(runs.table.listed);
  const [boxRef, { width }] = useSize<HTMLDivElement>();
  const isWide = width >= WIDE_FROM;
  const isNarrow = useNarrow();
  const hasSelection = useStore(runs.table.selection, (chosen) => chosen.size > 0);
  const isDrawnOnly = useStoreValue(runs.drawnOnly);
  // A run that is no longer drawn stays while only drawn ones are listed, so that its square can be pressed again.
  const stay = useRef<ReadonlySet<string>>(NONE);
  stay.current = isDrawnOnly ? new Set([...stay.current, ...drawn.keys()]) : NONE;
  const rows = isDrawnOnly ? listed.filter(({ run }) => run === selected || stay.current.has(run)) : listed;
  const hasSaid = useStore(runs.table.actions.said, (one) => one !== undefined);
  const Rows = isWide ? WideRows : NarrowRows;
  useEffect(() => {
    if (width > 0) runs.isTable.set(isWide);
  }, [runs, width, isWide]);
  return (
    <>
      <div className="rail-filter" ref={boxRef}>
        <div className="rail-tools">
          <label className="field grow">
            <Icon name="search" />
            <input
              id={FILTER_ID}
              placeholder={
                isWide ? 'Filter runs: name, regex, or lr<1e-2 && min(loss)<0.5' : 'name or lr>1e-3'
              }
              aria-label="Filter runs and curves: a regular expression for names, or comparisons such as lr>1e-3"
              aria-invalid={problem !== undefined}
              value={filter}
              onChange={(event) => runs.filter.set(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                runs.filter.set('');
                event.currentTarget.blur();
              }}
            />
            <kbd>/</kbd>
          </label>
          {(isWide || isNarrow) && <TableOptions />}
        </div>
        {problem !== undefined && (
          <p className="micro is-bad" role="status">
            {problem}
          </p>
        )}
        {note !== undefined && <p className="micro">{note}</p>}
        {notices.length > 0 && (
          <p className="micro is-warn notices" title={notices.join('\n')} data-notices>
            {notices[0]}
            {notices.length > 1 && ` (and ${formatStep(notices.length - 1)} more)`}
          </p>
        )}
        {all.length > 2 && (
          <DrawnCurves
            // Where the selected run is always drawn, it is not counted.
            others={listed.filter(({ run }) => run !== selected || drawn.has(run)).length}
            drawn={drawn.size}
          />
        )}
      </div>
      {rows.length === 0 && all.length > 0 ? (
        <p className="micro rail-filter">
          {listed.length === 0 ? `None of ${formatStep(all.length)} runs matches.` : 'No run is drawn.'}
        </p>
      ) : (
        <Rows runs={rows} selected={selected} onSelect={onSelect} drawn={drawn} />
      )}
      {(hasSelection || hasSaid) && <SelectionBar />}
    </>
  );
}

/** Which curves are drawn beside that of the selected run. A choice forgets the squares that were pressed. */
function DrawnCurves({ others, drawn }: { others: number; drawn: number }) {
  const runs = useRuns();
  const kind = useStoreValue(runs.others);
  const isDrawnOnly = useStoreValue(runs.drawnOnly);
  const pressed = useStoreValue(runs.shown).size + useStoreValue(runs.hidden).size;
  return (
    <div className="rail-curves">
      <Segments<DrawnOthers | 'chosen'>
        label="Curves of other runs"
        // After a square was pressed, none of these says what is drawn.
        value={pressed > 0 ? 'chosen' : kind}
        options={OTHERS}
        onChange={(next) => {
          if (next !== 'chosen') runs.drawOthers(next);
        }}
      />
      <Toggle
        className="button quiet toggle micro"
        pressed={isDrawnOnly}
        aria-label={`List only the drawn runs: ${formatStep(drawn)} of ${formatStep(others)}`}
        title={`List only the runs that are drawn. Curves are drawn of at most ${MOST_DRAWN} runs beside the selected one`}
        onChange={runs.drawnOnly.set}
      >
        {formatStep(drawn)} of {formatStep(others)}
      </Toggle>
    </div>
  );
}
