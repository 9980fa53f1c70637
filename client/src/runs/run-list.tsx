/** The list of runs, with a filter: selects a run, and chooses the curves to draw beside it. */
import './run-list.css';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatStep, formatValue } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { Segments } from '../ui/segments.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { useTextWidth } from '../ui/text-width.js';
import { readTokens } from '../ui/tokens.js';
import { useSize } from '../ui/use-size.js';
import { cutNames } from './cut-names.js';
import { type DrawnOthers, MOST_DRAWN } from './drawn-runs.js';
import { filterRuns } from './run-filter.js';
import { type CurveState, nameOfRun, ROW_HEIGHTS, type RowForm, RunRow } from './run-row.js';
import { useRuns } from './runs-context.js';

/** The id of the filter field, which the key / focuses. */
const FILTER_ID = 'run-filter';
const OTHERS: readonly (readonly [DrawnOthers, string])[] = [
  ['newest', 'newest'],
  ['all', 'all'],
  ['none', 'none'],
];
const NO_RUNS: readonly RunSummary[] = [];
const NO_NOTICES: readonly string[] = [];
/** What a row has beside name and value: edge, square, gaps, and some room for the rounding of widths. */
const BESIDE_NAME = 50;
/** The room that values take at least, so that names are not cut anew when a loss changes by a digit. */
const LEAST_VALUE = 72;
/** Rows that are rendered above and below those that can be seen. */
const SPARE_ROWS = 4;
/** Before the list has been measured. */
const FIRST_ROWS = 20;

export function focusRunFilter(): void {
  document.getElementById(FILTER_ID)?.focus();
}

export interface RunListProps {
  readonly selected: string | undefined;
  readonly onSelect: (run: string) => void;
  /** The runs that are drawn beside the selected one, and whether they have a curve to draw. */
  readonly drawn: ReadonlyMap<string, boolean>;
}

export function RunList({ selected, onSelect, drawn }: RunListProps) {
  const runs = useRuns();
  const all = useStore(runs.list, (list) => list?.runs) ?? NO_RUNS;
  const notices = useStore(runs.list, (list) => list?.notices) ?? NO_NOTICES;
  const filter = useStoreValue(runs.filter);
  const { shown, problem, note } = useMemo(() => filterRuns(all, filter), [all, filter]);
  return (
    <>
      <div className="rail-filter">
        <label className="field">
          <Icon name="search" />
          <input
            id={FILTER_ID}
            placeholder="name or lr>1e-3"
            aria-label="Filter runs and curves: a regular expression for names, or comparisons such as lr>1e-3"
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
        {problem !== undefined && <p className="micro is-bad">{problem}</p>}
        {note !== undefined && <p className="micro">{note}</p>}
        {notices.length > 0 && (
          <p className="micro is-warn notices" title={notices.join('\n')} data-notices>
            {notices[0]}
            {notices.length > 1 && ` (and ${formatStep(notices.length - 1)} more)`}
          </p>
        )}
        {all.length > 2 && (
          <DrawnCurves others={shown.filter(({ run }) => run !== selected).length} drawn={drawn.size} />
        )}
      </div>
      {shown.length === 0 && all.length > 0 ? (
        <p className="micro rail-filter">None of {formatStep(all.length)} runs matches.</p>
      ) : (
        <Rows runs={shown} selected={selected} onSelect={onSelect} drawn={drawn} />
      )}
    </>
  );
}

/** Which curves are drawn beside that of the selected run. A choice forgets the squares that were pressed. */
function DrawnCurves({ others, drawn }: { others: number; drawn: number }) {
  const runs = useRuns();
  const kind = useStoreValue(runs.others);
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
      <span
        className="micro nowrap"
        title={`Curves that are drawn beside that of the selected run, of at most ${MOST_DRAWN}, and runs in the list`}
      >
        {formatStep(drawn)} of {formatStep(others)}
      </span>
    </div>
  );
}

function Rows(props: RunListProps & { readonly runs: readonly RunSummary[] }) {
  const { runs, selected, onSelect, drawn } = props;
  const hub = useRuns();
  const [boxRef, size] = useSize<HTMLDivElement>();
  const [first, setFirst] = useState(0);
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const toFocus = useRef<'cover' | 'swatch' | undefined>(undefined);
  const { prefix, shownOf, form } = useShownNames(runs, size.width);
  const rowHeight = ROW_HEIGHTS[form];
  const draw = useMemo(() => hub.setDrawn.bind(hub), [hub]);
  const select = useStable(onSelect);

  const selectedAt = runs.findIndex(({ run }) => run === selected);
  const focusedAt = runs.findIndex(({ run }) => run === focused);
  const stop = focusedAt >= 0 ? focusedAt : Math.max(0, selectedAt);
  const seen = size.height === 0 ? FIRST_ROWS : Math.ceil(size.height / rowHeight) + 1;
  // After a filter the list may be shorter than it was scrolled.
  const top = Math.max(0, Math.min(first, runs.length - seen));
  const from = Math.max(0, top - SPARE_ROWS);
  const to = Math.min(runs.length, top + seen + SPARE_ROWS);
  const rendered = Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
  // Tab must find the row that it stops at, wherever the list is scrolled to.
  if (runs.length > 0 && !rendered.includes(stop)) rendered.push(stop);

  const reveal = (at: number): void => {
    const box = boxRef.current;
    if (box === null || at < 0) return;
    const top = at * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + rowHeight - box.clientHeight;
  };
  // Only when another run is selected or the list gets its size: the user may have scrolled away since.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => reveal(selectedAt), [selected, size.height > 0]);
  useLayoutEffect(() => {
    const control = toFocus.current;
    toFocus.current = undefined;
    if (control === undefined) return;
    const row = boxRef.current?.querySelector(`[data-at="${stop}"]`);
    // The selected run has no square to press.
    const target =
      row?.querySelector<HTMLElement>(`button.${control}`) ?? row?.querySelector<HTMLElement>('.cover');
    target?.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, seen - 2);
    const next = {
      ArrowDown: stop + 1,
      ArrowUp: stop - 1,
      PageDown: stop + page,
      PageUp: stop - page,
      Home: 0,
      End: runs.length - 1,
    }[event.key];
    if (next === undefined || !(event.target instanceof HTMLElement)) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(runs.length - 1, next));
    toFocus.current = event.target.classList.contains('swatch') ? 'swatch' : 'cover';
    reveal(at);
    setFocused(runs[at]?.run);
  };
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
        onKeyDown={onKeyDown}
        onScroll={(event) => setFirst(Math.floor(event.currentTarget.scrollTop / rowHeight))}
        onFocus={({ target }) => {
          const run = target.closest<HTMLElement>('[data-run]')?.dataset['run'];
          if (run !== undefined) setFocused(run);
        }}
      >
        <ul style={{ height: runs.length * rowHeight }}>
          {rendered.map((at) => {
            const run = runs[at]!;
            const hasCurve = drawn.get(run.run);
            const curve: CurveState = hasCurve === undefined ? 'not drawn' : hasCurve ? 'drawn' : 'empty';
            return (
              <RunRow
                key={run.run}
                run={run}
                shownName={shownOf.get(run.run) ?? nameOfRun(run.run)}
                form={form}
                at={at}
                count={runs.length}
                selected={at === selectedAt}
                curve={curve}
                isTabStop={at === stop}
                onSelect={select}
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

/** The same function in every render, which calls the newest one. */
function useStable<A>(call: (argument: A) => void): (argument: A) => void {
  const newest = useRef(call);
  useLayoutEffect(() => {
    newest.current = call;
  });
  return useMemo(() => (argument: A) => newest.current(argument), []);
}
