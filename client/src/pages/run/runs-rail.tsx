import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { useEffect, useMemo, useRef, useState } from 'react';
import { runColour } from '../../runs/run-colours.js';
import { filterRuns } from '../../runs/run-filter.js';
import { STATE_WORDS } from '../../runs/state-words.js';
import { formatConfig, formatStep, formatValue } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { FLAG_NAMES } from './grids/output-pane.js';
import { useApp } from './run-page-context.js';

export function RunsRail({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const app = useApp();
  const runs = useStore(app.runs.list, (list) => list?.runs) ?? [];
  const selected = useStore(app.run, (run) => run?.run);
  const hidden = useStoreValue(app.runs.hidden);
  const [filter, setFilter] = useState('');
  const configs = useMemo(() => new Map<string, RunConfig>(), []);
  const run = useStoreValue(app.run);
  if (run?.start !== undefined) configs.set(run.run, run.start.config);
  const { shown, problem } = filterRuns(runs, filter, (id) => configs.get(id));
  if (!open) {
    return (
      <aside className="rail only-wide" aria-label="Runs">
        <div className="rail-head">
          <button
            type="button"
            className="button quiet icon-only"
            aria-label="Show the runs"
            title="Show the runs (B)"
            onClick={onToggle}
          >
            <Icon name="panel" />
          </button>
        </div>
      </aside>
    );
  }
  return (
    <aside className="rail" aria-label="Runs">
      <div className="rail-head">
        <h2 className="heading">Runs</h2>
        <span className="micro">{runs.length}</span>
        <span className="grow" />
        <button
          type="button"
          className="button quiet icon-only"
          aria-label="Collapse the runs"
          title="Collapse the runs (B)"
          onClick={onToggle}
        >
          <Icon name="panel" />
        </button>
      </div>
      <div className="rail-filter">
        <label className="field">
          <Icon name="search" />
          <input
            id="run-filter"
            placeholder="Filter by name"
            aria-label="Filter runs by a regular expression"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              setFilter('');
              event.currentTarget.blur();
            }}
          />
          <kbd>/</kbd>
        </label>
        {problem !== undefined && <p className="micro is-bad">{problem}</p>}
      </div>
      <ul className="run-list">
        {shown.map((one) => (
          <RunRow
            key={one.run}
            run={one}
            place={runs.indexOf(one)}
            selected={one.run === selected}
            hidden={hidden.has(one.run)}
            onSelect={() => app.selectRun(one.run)}
            onHide={() => app.runs.toggleHidden(one.run)}
          />
        ))}
      </ul>
      <Config />
      <Findings />
    </aside>
  );
}

function RunRow(props: {
  run: RunSummary;
  place: number;
  selected: boolean;
  hidden: boolean;
  onSelect: () => void;
  onHide: () => void;
}) {
  const { run, place, selected, hidden } = props;
  const { word, tone } = STATE_WORDS[run.state];
  const name = run.run === '.' ? 'this folder' : run.run;
  const loss = run.loss === undefined ? undefined : Number(run.loss);
  const { variable } = runColour(place);
  const rowRef = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) rowRef.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <li ref={rowRef} className={selected ? 'run-row current' : 'run-row'} data-run={run.run}>
      <button
        type="button"
        className="cover"
        aria-current={selected ? 'true' : undefined}
        aria-label={`${name}, ${word}, step ${formatStep(Math.max(0, run.lastStep))}`}
        title={run.error ?? name}
        onClick={props.onSelect}
      />
      {selected ? (
        <span className="swatch" style={{ background: variable }} />
      ) : (
        <button
          type="button"
          className="swatch"
          aria-pressed={!hidden}
          aria-label={`Draw the curve of ${name}`}
          title={hidden ? 'Draw its curve' : 'Hide its curve'}
          style={hidden ? { boxShadow: 'inset 0 0 0 1px var(--line-strong)' } : { background: variable }}
          onClick={props.onHide}
        />
      )}
      <span className="line">
        <span className={selected ? 'ellipsis grow medium' : 'ellipsis grow'}>{name}</span>
        {loss !== undefined && (
          <span className={Number.isFinite(loss) ? 'small' : 'small is-nan'}>{formatValue(loss)}</span>
        )}
      </span>
      <span className="line second">
        <span className="micro ellipsis grow">
          <span className={tone}>{word}</span> · {formatStep(Math.max(0, run.lastStep))}
          {run.synthetic && ' · synthetic'}
        </span>
        <Sparkline points={run.sparkline} colour={variable} />
      </span>
    </li>
  );
}

function Sparkline({ points, colour }: { points: readonly string[]; colour: string }) {
  const values = points.map(Number);
  const finite = values.filter(Number.isFinite);
  if (values.length < 2) return null;
  const [lo, hi] = [Math.min(...finite), Math.max(...finite)];
  const x = (index: number) => 1 + (index / (values.length - 1)) * 42;
  const y = (value: number) => 1 + (1 - (value - lo) / (hi - lo || 1)) * 12;
  const broken = values.findIndex((value) => !Number.isFinite(value));
  const path = values
    .map((value, index) =>
      Number.isFinite(value)
        ? `${index === 0 || !Number.isFinite(values[index - 1]) ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
        : '',
    )
    .join('');
  return (
    <svg width="44" height="14" viewBox="0 0 44 14" aria-hidden="true">
      {finite.length > 1 && <path d={path} fill="none" stroke={colour} strokeWidth="1.25" />}
      {broken >= 0 && <path d={`M${x(broken) - 3} 4l6 6m0-6l-6 6`} stroke="var(--nan)" strokeWidth="1.5" />}
    </svg>
  );
}

function Config() {
  const app = useApp();
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
  const app = useApp();
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
