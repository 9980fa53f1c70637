/** The runs at the left of a page: which there are, and which of them are drawn. */
import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.js';
import { EdgeHandle, type EdgeWidth } from '../ui/edge-handle.js';
import { Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';
import { PartBoundary } from '../ui/part-boundary.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { RunList } from './run-list.js';
import { useRuns } from './runs-context.js';
import { useDrawnRuns } from './use-drawn-runs.js';
import './runs-column.css';

const PutAwayDialog = lazily(async () => (await import('./table/put-away.js')).PutAwayDialog, null);

export interface RunsColumnProps {
  /** Its right edge, where it lies over the page. */
  readonly edge?: EdgeWidth | undefined;
  /** The run that the page shows, if it shows one. */
  readonly selected?: string | undefined;
  /** Called with the run whose row was chosen. By default a row draws its run, or leaves it out. */
  readonly onSelect?: (run: string) => void;
  /** The runs that are drawn beside the selected one, and whether they have anything to draw. */
  readonly drawn?: ReadonlyMap<string, boolean>;
  /** Further parts, below the list. */
  readonly children?: ReactNode;
}

export function RunsColumn({ edge, selected, onSelect, drawn, children }: RunsColumnProps) {
  const runs = useRuns();
  const count = useStore(runs.list, (list) => list?.runs.length ?? 0);
  const usual = new Map(useDrawnRuns().map(({ run }) => [run, true] as const));
  const shown = drawn ?? usual;
  const isTable = useStoreValue(runs.isTable);
  const [isPutAwayOpen, setPutAwayOpen] = useState(false);
  return (
    <aside className="rail" aria-label="Runs" style={{ width: edge?.width }}>
      <div className="rail-head">
        <h2 className="heading">Runs</h2>
        <span className="micro">{count}</span>
        <span className="grow" />
        {runs.source.origin === 'hub' && (
          <Button
            quiet
            iconOnly
            aria-label="Archived and deleted runs"
            title="Archived and deleted runs"
            onClick={() => setPutAwayOpen(true)}
          >
            <Icon name="archive" />
          </Button>
        )}
        <Button
          quiet
          iconOnly
          className="only-wide"
          aria-label={isTable ? 'Show the runs as a list' : 'Show the runs as a table'}
          title={`${isTable ? 'Runs as a list' : 'Runs as a table'} (Shift B)`}
          onClick={() => runs.toggleTable()}
        >
          <Icon name={isTable ? 'left' : 'right'} />
        </Button>
        <Button
          quiet
          iconOnly
          aria-label="Collapse the runs"
          title="Collapse the runs (B)"
          onClick={() => runs.rail.set(false)}
        >
          <Icon name="panel" />
        </Button>
      </div>
      <PartBoundary name="The list of runs" of={selected ?? ''}>
        <RunList
          selected={selected}
          onSelect={onSelect ?? ((run) => runs.setDrawn(run, !shown.has(run)))}
          drawn={shown}
        />
      </PartBoundary>
      {children}
      {isPutAwayOpen && <PutAwayDialog onClose={() => setPutAwayOpen(false)} />}
      {edge !== undefined && <EdgeHandle label="Width of the runs" edge={edge} />}
    </aside>
  );
}

/** Stands in the place of the column while it is closed. */
export function ClosedRunsColumn() {
  const runs = useRuns();
  return (
    <aside className="rail closed only-wide" aria-label="Runs">
      <div className="rail-head">
        <Button
          quiet
          iconOnly
          aria-label="Show the runs"
          title="Show the runs (B)"
          onClick={() => runs.rail.set(true)}
        >
          <Icon name="panel" />
        </Button>
      </div>
    </aside>
  );
}
