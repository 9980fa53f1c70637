import type { RunConfig } from '@convscope/shared/run-description.js';
import { useMemo } from 'react';
import { RunList } from '../../runs/run-list.js';
import { Button } from '../../ui/button.js';
import { formatConfig, formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { FindingsPanel } from './findings-panel.js';
import { useRunPage } from './run-page-context.js';
import './rail.css';

export function RunsRail({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const app = useRunPage();
  const count = useStore(app.runs.list, (list) => list?.runs.length ?? 0);
  const selected = useStore(app.run, (run) => run?.run);
  const filter = useStore(app.view, (view) => view.filter);
  const configs = useMemo(() => new Map<string, RunConfig>(), []);
  const run = useStoreValue(app.run);
  if (run?.start !== undefined) configs.set(run.run, run.start.config);
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
        filter={filter}
        onFilter={(next) => app.show({ filter: next })}
        selected={selected}
        onSelect={(one) => {
          app.selectRun(one);
          app.rail.chosen();
        }}
        configOf={(id) => configs.get(id)}
      />
      <Config />
      <FindingsPanel />
    </aside>
  );
}

function Config() {
  const app = useRunPage();
  const start = useStore(app.run, (run) => run?.start);
  const end = useStore(app.run, (run) => run?.end);
  if (start === undefined) return null;
  const pairs: [string, string][] = [
    ...Object.entries(start.config).map(([name, value]): [string, string] => [name, formatConfig(value)]),
    ['data', start.data.synthetic ? `${start.data.name} (synthetic)` : start.data.name],
    ['parameters', formatStep(start.model.parameters)],
  ];
  const git = start.environment.git ?? start.environment.gitCommit ?? start.environment.commit;
  if (git !== undefined) pairs.push(['git', git.slice(0, 7)]);
  if (end?.weights !== undefined) pairs.push(['weights', end.weights]);
  const seen = new Map(pairs);
  return (
    <section className="section config" aria-label="Config" tabIndex={0}>
      <h2 className="heading">Config</h2>
      <dl className="pairs">
        {[...seen].map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
