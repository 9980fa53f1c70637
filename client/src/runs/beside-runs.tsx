/** Lays out a page with the runs at its left: in a column of their own, or over the page where there is no room for one. */
import { type ReactNode, useEffect, useRef } from 'react';
import { ColumnHandle, Columns, RestColumn, SizedColumn } from '../ui/columns.js';
import { type EdgeWidth, useEdgeWidth } from '../ui/edge-handle.js';
import { isEmbedded } from '../ui/embedded.js';
import { Icon } from '../ui/icons.js';
import { isForPage } from '../ui/keys.js';
import { RAIL_OVERLAID } from '../ui/panel.js';
import { useStoreValue } from '../ui/store.js';
import { useMedia, useNarrow } from '../ui/use-size.js';
import { focusRunFilter } from './run-list.js';
import type { Runs } from './runs.js';
import { ClosedRunsColumn, RunsColumn } from './runs-column.js';
import { useRuns } from './runs-context.js';
import { LEAST_WIDTH, NARROW_WIDTH, WIDE_WIDTH } from './widths.js';

/** Over the page there is room for a wider column than beside it. */
const OVERLAID_WIDTH = 264;

export interface BesideRunsProps {
  /** The main part of the page. */
  readonly children: ReactNode;
  /** The least width of the main part, in pixels. */
  readonly least?: number;
  /** Shows the runs as a table at first. The width is kept apart from that of the list on other pages. */
  readonly wide?: boolean;
  /** The column of the runs, if it is not the usual one. */
  readonly column?: (edge?: EdgeWidth) => ReactNode;
  /** Columns with their handles, at the right of the main part. On narrow screens they are left out. */
  readonly after?: ReactNode;
  /** What lies over the page. */
  readonly over?: ReactNode;
}

export function BesideRuns({
  children,
  least = 400,
  wide = false,
  column = usualColumn,
  after,
  over,
}: BesideRunsProps) {
  const narrow = useNarrow();
  const overlaid = useMedia(RAIL_OVERLAID);
  const runs = useRuns();
  const isBare = useStoreValue(isEmbedded);
  const open = (useStoreValue(runs.rail) ?? !overlaid) && !isBare;
  const asked = useStoreValue(runs.railWidth);
  const name = wide ? 'rail-wide' : 'rail';
  const isDocked = open && !overlaid;
  return (
    <div className={open ? 'run rail-open' : 'run'}>
      {!isDocked && open && (narrow ? column() : <Overlaid column={column} />)}
      {!open && !narrow && !isBare && <ClosedRunsColumn />}
      {narrow ? (
        children
      ) : (
        <Columns className="run-columns">
          {isDocked && (
            <>
              <SizedColumn
                // A panel that is there takes no other name.
                key={name}
                name={name}
                width={wide ? WIDE_WIDTH : NARROW_WIDTH}
                least={LEAST_WIDTH}
                asked={asked}
              >
                {column()}
              </SizedColumn>
              <ColumnHandle of={name} label="Width of the runs" />
            </>
          )}
          <RestColumn name="main" least={least}>
            {children}
          </RestColumn>
          {!isBare && after}
        </Columns>
      )}
      {!isBare && over}
    </div>
  );
}

function usualColumn(edge?: EdgeWidth): ReactNode {
  return <RunsColumn edge={edge} />;
}

function Overlaid({ column }: { column: (edge?: EdgeWidth) => ReactNode }) {
  const edge = useEdgeWidth('rail-overlaid', OVERLAID_WIDTH, LEAST_WIDTH);
  const asked = useStoreValue(useRuns().railWidth);
  const lastAsked = useRef(asked);
  useEffect(() => {
    if (asked === lastAsked.current || asked === undefined) return;
    lastAsked.current = asked;
    edge.set(asked.width);
  }, [asked, edge]);
  return column(edge);
}

/** For the top bar of a page: opens and closes the runs on a narrow screen. */
export function RunsMenu({ label = 'Runs' }: { label?: string }) {
  const { rail } = useRuns();
  return (
    <button
      type="button"
      className="button quiet icon-only only-narrow"
      aria-label={label}
      onClick={() => rail.toggle()}
    >
      <Icon name="menu" />
    </button>
  );
}

/** For the help dialog of a page with the runs at its left. */
export const RUNS_KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'filter runs and curves'],
  [['B'], 'runs'],
  [['Shift', 'B'], 'runs as a table, or as a list'],
  [['Ctrl', 'A'], 'in the list of runs: select all that match'],
  [['Shift', '↑', '↓'], 'in the list of runs: select several'],
  [['Ctrl', 'Space'], 'in the list of runs: select one more, or not'],
  [['Esc'], 'in the list of runs: select none; close it where it lies over the page'],
  [['↑', '↓', 'Home', 'End'], 'in the list of runs: another run'],
  [['Alt', '←', '→'], 'on the head of a column: move it'],
  [['Del'], 'on the head of a column: hide it'],
];

/** The keys of the runs. Returns true when it has handled the key. */
export function handleRunsKey(event: KeyboardEvent, runs: Pick<Runs, 'rail' | 'toggleTable'>): boolean {
  if (!isForPage(event)) return false;
  if (event.key === 'b') runs.rail.toggle();
  else if (event.key === 'B') runs.toggleTable();
  else if (event.key === '/') focusRunFilter();
  else if (event.key === 'Escape') return runs.rail.dismiss();
  else return false;
  return true;
}
