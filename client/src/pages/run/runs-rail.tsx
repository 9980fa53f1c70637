import { RunList } from '../../runs/run-list.js';
import { Button } from '../../ui/button.js';
import { EdgeHandle, type EdgeWidth, useEdgeWidth } from '../../ui/edge-handle.js';
import { Icon } from '../../ui/icons.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { ConfigSection } from './config-section.js';
import { ConfusionSection } from './confusion-section.js';
import { FindingsPanel } from './findings-panel.js';
import { Part } from './part.js';
import { useRunPage } from './run-page-context.js';
import './rail.css';

/** Over the page there is room for a wider rail than beside it. */
const OVERLAID_WIDTH = 264;

/** The open rail where it lies over the page. */
export function OverlaidRail({ onToggle }: { onToggle: () => void }) {
  const edge = useEdgeWidth('rail-overlaid', OVERLAID_WIDTH, 140);
  return <RunsRail open onToggle={onToggle} edge={edge} />;
}

export function RunsRail({
  open,
  onToggle,
  edge,
}: {
  open: boolean;
  onToggle: () => void;
  edge?: EdgeWidth;
}) {
  const app = useRunPage();
  const count = useStore(app.runs.list, (list) => list?.runs.length ?? 0);
  const selected = useStore(app.run, (run) => run?.run);
  const drawn = useStoreValue(app.drawn);
  if (!open) {
    return (
      <aside className="rail closed only-wide" aria-label="Runs">
        <div className="rail-head">
          <Button quiet iconOnly aria-label="Show the runs" title="Show the runs (B)" onClick={onToggle}>
            <Icon name="panel" />
          </Button>
        </div>
      </aside>
    );
  }
  return (
    <aside className="rail" aria-label="Runs" style={{ width: edge?.width }}>
      <div className="rail-head">
        <h2 className="heading">Runs</h2>
        <span className="micro">{count}</span>
        <span className="grow" />
        <Button
          quiet
          iconOnly
          aria-label="Collapse the runs"
          title="Collapse the runs (B)"
          onClick={onToggle}
        >
          <Icon name="panel" />
        </Button>
      </div>
      <Part name="The list of runs">
        <RunList
          selected={selected}
          onSelect={(one) => {
            app.selectRun(one);
            app.rail.chosen();
          }}
          drawn={drawn}
        />
      </Part>
      <Part name="The configuration">
        <ConfigSection />
      </Part>
      <Part name="The confusion matrix">
        <ConfusionSection />
      </Part>
      <Part name="The findings">
        <FindingsPanel />
      </Part>
      {edge !== undefined && <EdgeHandle label="Width of the runs" edge={edge} />}
    </aside>
  );
}
