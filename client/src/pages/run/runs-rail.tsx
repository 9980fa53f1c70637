import { RunList } from '../../runs/run-list.js';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { ConfigSection } from './config-section.js';
import { ConfusionSection } from './confusion-section.js';
import { FindingsPanel } from './findings-panel.js';
import { useRunPage } from './run-page-context.js';
import './rail.css';

export function RunsRail({ open, onToggle }: { open: boolean; onToggle: () => void }) {
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
    <aside className="rail" aria-label="Runs">
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
      <RunList
        selected={selected}
        onSelect={(one) => {
          app.selectRun(one);
          app.rail.chosen();
        }}
        drawn={drawn}
      />
      <ConfigSection />
      <ConfusionSection />
      <FindingsPanel />
    </aside>
  );
}
