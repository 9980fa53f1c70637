/** The runs as a table: a line for each, with the columns that the user has chosen. */
import './run-table.css';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { nameOfRun, titleOfRun } from '@convscope/shared/run-name.js';
import { memo, useMemo } from 'react';
import { formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useTextWidth } from '../../ui/text-width.js';
import { readTokens } from '../../ui/tokens.js';
import { useNow } from '../../ui/use-now.js';
import { useSize } from '../../ui/use-size.js';
import { cutNames } from '../cut-names.js';
import { hasRecords } from '../has-records.js';
import { placeOf, runColour } from '../run-colours.js';
import type { RowsProps } from '../run-list-props.js';
import { rowClass, SELECT_HINT } from '../run-row.js';
import { type CurveState, RunSquare } from '../run-square.js';
import { useIsHubLost, useRuns } from '../runs-context.js';
import { stateWord } from '../state-words.js';
import { useRowWindow } from '../use-row-window.js';
import { type Modifiers, selectByMenu, useRunChoice } from '../use-run-choice.js';
import { cellText, differenceText } from './cell-text.js';
import { type Cell, type ColumnId, cellOf, columnTitle, isCompared, parseColumn } from './columns.js';
import type { KnownFacts } from './run-values.js';
import { TableHead } from './table-head.js';
import { useColumnFacts } from './use-column-facts.js';

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 28;
/** How often ages are written anew. */
const AGES_MS = 1_000;
/** A name has at least so much room; other columns scroll beside it. */
const LEAST_NAME = 150;
/** What a name has beside it: edge, square, gaps. */
const BESIDE_NAME = 40;
const CELL = { least: 44, most: 150, padding: 20, sort: 12 } as const;
/** The rows whose cells are measured for the widths of columns. */
const MEASURED_ROWS = 60;

export function WideRows({ runs, selected, onSelect, drawn }: RowsProps) {
  const hub = useRuns();
  const { table } = hub;
  const columns = useStoreValue(table.columns);
  const facts = useColumnFacts(columns);
  const places = useStoreValue(table.places);
  const selection = useStoreValue(table.selection);
  const { sort, baseline } = useStoreValue(table.preferences);
  const now = useNow(AGES_MS);
  const [boxRef, size] = useSize<HTMLDivElement>();
  const names = useMemo(() => runs.map(({ run }) => run), [runs]);
  const { choose, onMove, handleKey } = useRunChoice(names, onSelect);
  const list = useRowWindow({
    ...{ boxRef, size, rows: names, rowHeight: ROW_HEIGHT, headHeight: HEAD_HEIGHT, selected, onMove },
  });
  const draw = useMemo(() => hub.setDrawn.bind(hub), [hub]);
  const base = baseline === undefined ? undefined : runs.find(({ run }) => run === baseline);
  const numeric = useNumeric(runs, columns, facts);
  const widths = useWidths(runs, columns, facts, base);
  const taken = widths.reduce((sum, width) => sum + width, 0);
  const nameWidth = Math.max(LEAST_NAME, size.width - taken);
  const { prefix, shown } = useNames(names, nameWidth - BESIDE_NAME);
  const template = `${nameWidth}px ${widths.map((width) => `${width}px`).join(' ')}`;
  return (
    <div
      ref={boxRef}
      role="grid"
      aria-label="Runs"
      aria-rowcount={runs.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      tabIndex={-1}
      className="run-list run-table"
      onKeyDown={(event) => {
        if (handleKey(event, names[list.stop])) event.preventDefault();
        list.onKeyDown(event);
      }}
      onContextMenu={selectByMenu(table)}
      onScroll={list.onScroll}
      onFocus={list.onFocus}
      onPointerEnter={() => table.hold(true)}
      onPointerLeave={() => table.hold(false)}
    >
      <TableHead columns={columns} numeric={numeric} sort={sort} template={template} prefix={prefix} />
      <div className="table-rows" role="rowgroup" style={{ height: runs.length * ROW_HEIGHT }}>
        {list.rendered.map((at) => {
          const run = runs[at]!;
          const hasCurve = drawn.get(run.run);
          return (
            <WideRow
              key={run.run}
              run={run}
              shownName={run.label ?? shown.get(run.run) ?? nameOfRun(run.run)}
              at={at}
              template={template}
              columns={columns}
              facts={facts}
              base={base}
              now={now}
              place={places.get(run.run) ?? placeOf(run.run)}
              selected={at === list.selectedAt}
              marked={selection.has(run.run)}
              curve={hasCurve === undefined ? 'not drawn' : hasCurve ? 'drawn' : 'empty'}
              isTabStop={at === list.stop}
              onSelect={choose}
              onDraw={draw}
            />
          );
        })}
      </div>
    </div>
  );
}

const WideRow = memo(function WideRow(props: {
  readonly run: RunSummary;
  readonly shownName: string;
  readonly at: number;
  readonly template: string;
  readonly columns: readonly ColumnId[];
  readonly facts: KnownFacts;
  readonly base: RunSummary | undefined;
  readonly now: number;
  readonly place: number;
  readonly selected: boolean;
  readonly marked: boolean;
  readonly curve: CurveState;
  readonly isTabStop: boolean;
  readonly onSelect: (run: string, modifiers: Modifiers) => void;
  readonly onDraw: (run: string, drawn: boolean) => void;
}) {
  const { run, shownName, at, template, columns, facts, base, now, selected, marked, curve, isTabStop } =
    props;
  const look = runColour(props.place);
  const name = nameOfRun(run.run);
  const { word } = stateWord(run, useIsHubLost());
  const tabIndex = isTabStop ? 0 : -1;
  const isBase = base?.run === run.run;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in the first cell is for the keyboard
    <div
      role="row"
      tabIndex={-1}
      className={`${rowClass(selected, marked)} wide${isBase ? ' baseline' : ''}`}
      style={{ top: at * ROW_HEIGHT, height: ROW_HEIGHT, gridTemplateColumns: template }}
      data-run={run.run}
      data-at={at}
      aria-rowindex={at + 2}
      aria-selected={marked}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') === null)
          props.onSelect(run.run, event);
      }}
    >
      <div role="gridcell" tabIndex={-1} className="name-cell">
        <button
          type="button"
          className="cover"
          tabIndex={tabIndex}
          aria-current={selected ? 'true' : undefined}
          aria-label={`${titleOfRun(run)}, ${word}, ${hasRecords(run) ? `step ${formatStep(run.lastStep)}` : 'no records'}${isBase ? ', the baseline' : ''}`}
          title={[run.label, name, run.note, run.error, SELECT_HINT]
            .filter((line) => line !== undefined)
            .join('\n')}
          onClick={(event) => props.onSelect(run.run, event)}
        />
        <RunSquare
          {...{ name, selected, curve, look, tabIndex }}
          onDraw={(drawn) => props.onDraw(run.run, drawn)}
        />
        <bdi className={selected ? 'run-name grow medium' : 'run-name grow'}>{shownName}</bdi>
        {isBase && <span className="micro">base</span>}
      </div>
      {columns.map((id) => (
        <TableCell key={id} run={run} id={id} facts={facts} base={base} now={now} />
      ))}
    </div>
  );
});

function TableCell(props: {
  readonly run: RunSummary;
  readonly id: ColumnId;
  readonly facts: KnownFacts;
  readonly base: RunSummary | undefined;
  readonly now: number;
}) {
  const { run, id, facts, base, now } = props;
  const cell = cellOf(run, id, facts);
  const isHubLost = useIsHubLost();
  const text = id === 'status' ? stateWord(run, isHubLost).word : cellText(cell, id, now);
  const difference =
    base !== undefined && base.run !== run.run && isCompared(id)
      ? differenceText(cell, cellOf(base, id, facts))
      : undefined;
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      className={typeof cell === 'number' || cell === undefined ? 'cell number' : 'cell'}
      title={exactText(cell)}
    >
      <span className={toneOf(run, id, cell, isHubLost)}>{text}</span>
      {difference !== undefined && <span className="micro difference">{difference}</span>}
    </div>
  );
}

function toneOf(run: RunSummary, id: ColumnId, cell: Cell, isHubLost: boolean): string {
  if (id === 'status') return stateWord(run, isHubLost).tone;
  if (cell === undefined) return 'muted';
  return typeof cell === 'number' && !Number.isFinite(cell) ? 'is-nan' : '';
}

/** With every digit. */
function exactText(cell: Cell): string | undefined {
  return cell === undefined ? undefined : String(cell);
}

function useNames(names: readonly string[], room: number) {
  const measure = useTextWidth(`500 13px ${readTokens().font}`);
  const joined = names.join('\0');
  return useMemo(() => {
    const cut = joined.split('\0').filter((name) => name !== '.' && name !== '');
    return cutNames(cut, room, measure);
  }, [joined, room, measure]);
}

/** The columns whose titles stand at the right, over numbers. */
function useNumeric(
  runs: readonly RunSummary[],
  columns: readonly ColumnId[],
  facts: KnownFacts,
): ReadonlySet<ColumnId> {
  const key = columns
    .filter((id) =>
      runs.slice(0, MEASURED_ROWS).every((run) => {
        const cell = cellOf(run, id, facts);
        return cell === undefined || typeof cell === 'number';
      }),
    )
    .join('\0');
  return useMemo(() => new Set(key.split('\0')), [key]);
}

/** The widths of the columns: as their titles and the cells of the first rows need. */
function useWidths(
  runs: readonly RunSummary[],
  columns: readonly ColumnId[],
  facts: KnownFacts,
  base: RunSummary | undefined,
): readonly number[] {
  const measure = useTextWidth(`400 12px ${readTokens().font}`);
  const widths = useMemo(
    () =>
      columns.map((id) => {
        const texts = runs.slice(0, MEASURED_ROWS).map((run) => {
          const cell = cellOf(run, id, facts);
          const text =
            parseColumn(id)?.kind === 'built-in' && (id === 'seen' || id === 'started')
              ? longestAge(cellText(cell, id, Date.now()))
              : cellText(cell, id, 0);
          const isLonger = base !== undefined && isCompared(id);
          return measure(text) + (isLonger ? measure(' +99.9 %') : 0);
        });
        const title = measure(columnTitle(id)) + CELL.sort;
        const wanted = Math.max(title, ...texts) + CELL.padding;
        // In steps, so that columns do not move with every value.
        return Math.ceil(Math.max(CELL.least, Math.min(CELL.most, wanted)) / 8) * 8;
      }),
    [runs, columns, facts, base, measure],
  );
  const key = widths.join();
  return useMemo(() => key.split(',').filter(Boolean).map(Number), [key]);
}

/** An age, or the longest that is usual, so that the column stays as wide while minutes become hours. */
function longestAge(age: string): string {
  return age.length > '59 min ago'.length ? age : '59 min ago';
}
