import { RunsColumn } from '../../runs/runs-column.js';
import type { EdgeWidth } from '../../ui/edge-handle.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { ConfigSection } from './config-section.js';
import { ConfusionSection } from './confusion-section.js';
import { FindingsPanel } from './findings-panel.js';
import { Part } from './part.js';
import { useRunPage } from './run-page-context.js';
import './rail.css';

/** The runs, and below them what is known of the chosen one. */
export function RunsRail({ edge }: { edge?: EdgeWidth | undefined }) {
  const app = useRunPage();
  const selected = useStore(app.run, (run) => run?.run);
  return (
    <RunsColumn
      edge={edge}
      selected={selected}
      onSelect={(one) => {
        app.selectRun(one);
        app.rail.chosen();
      }}
      drawn={useStoreValue(app.drawn)}
    >
      <Part name="The configuration">
        <ConfigSection />
      </Part>
      <Part name="The confusion matrix">
        <ConfusionSection />
      </Part>
      <Part name="The findings">
        <FindingsPanel />
      </Part>
    </RunsColumn>
  );
}
