import type { RunConfig } from '@convscope/shared/run-description.js';
import { useMemo, useRef, useState } from 'react';
import { RunList } from '../../runs/run-list.js';
import { Button } from '../../ui/button.js';
import { formatConfig, formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { FLAG_NAMES } from './flag-names.js';
import { useRunPage } from './run-page-context.js';
import './rail.css';

export function RunsRail({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const app = useRunPage();
  const count = useStore(app.runs.list, (list) => list?.runs.length ?? 0);
  const selected = useStore(app.run, (run) => run?.run);
  const [filter, setFilter] = useState('');
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
        onFilter={setFilter}
        selected={selected}
        onSelect={(one) => app.selectRun(one)}
        configOf={(id) => configs.get(id)}
      />
      <Config />
      <Findings />
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

function Findings() {
  const app = useRunPage();
  const { findings, looked } = useStoreValue(app.frames.findings);
  const total = useStore(app.run, (run) => run?.steps.length ?? 0);
  const listRef = useRef<HTMLUListElement>(null);
  if (looked === 0) return null;
  return (
    <section className="section findings" aria-label="Findings">
      <h2 className="heading">
        Findings <span className="micro">{findings.length}</span>
        <span className="grow" />
        <span className="micro nowrap">first step</span>
      </h2>
      {looked < total && (
        <p
          className="micro findings-note"
          title="Health is judged over the statistics pictures of each capture that has been looked at. The first step is the earliest of these that shows it."
        >
          in {looked} of {total} captures looked at
        </p>
      )}
      {findings.length === 0 && <p className="pane-message">No channel is dead, always on or a duplicate.</p>}
      <ul ref={listRef}>
        {findings.map(({ layer, channel, condition, of, firstStep }) => (
          <li key={`${layer}/${channel}`}>
            <button
              type="button"
              className="finding"
              onClick={() => {
                app.scrubTo(firstStep);
                app.show({ layer, channel, limits: {} });
              }}
            >
              <span className={`flag-${condition}`}>
                <Icon name={condition} />
              </span>
              <span className="ellipsis">
                {layer}/{channel}{' '}
                <span className="faint">
                  {of === undefined
                    ? FLAG_NAMES[condition]
                    : `= ${of.channel}${of.negative ? ', negated' : ''}`}
                </span>
              </span>
              <span className="faint">{formatStep(firstStep)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
