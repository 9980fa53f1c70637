/** The list of runs, with a filter: selects a run, and hides or shows the curves of the others. */
import './run-list.css';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { useEffect, useRef } from 'react';
import { formatStep } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { reveal } from '../ui/reveal.js';
import { useStore, useStoreValue } from '../ui/store.js';
import { Toggle } from '../ui/toggle.js';
import { runColour } from './run-colours.js';
import { filterRuns } from './run-filter.js';
import { RawLoss, SmoothedLoss } from './run-loss.js';
import { useRuns } from './runs-context.js';
import { stateWord } from './state-words.js';

/** The id of the filter field, which the key / focuses. */
const FILTER_ID = 'run-filter';
const NO_RUNS: readonly RunSummary[] = [];

export function focusRunFilter(): void {
  document.getElementById(FILTER_ID)?.focus();
}

export interface RunListProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly selected: string | undefined;
  readonly onSelect: (run: string) => void;
  /** The configuration of a run, if known: the filter can compare its values. */
  readonly configOf: (run: string) => RunConfig | undefined;
}

export function RunList({ filter, onFilter, selected, onSelect, configOf }: RunListProps) {
  const runs = useRuns();
  const all = useStore(runs.list, (list) => list?.runs) ?? NO_RUNS;
  const hidden = useStoreValue(runs.hidden);
  const { shown, problem } = filterRuns(all, filter, configOf);
  return (
    <>
      <div className="rail-filter">
        <label className="field">
          <Icon name="search" />
          <input
            id={FILTER_ID}
            placeholder="Filter by name"
            aria-label="Filter runs by a regular expression"
            value={filter}
            onChange={(event) => onFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              onFilter('');
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
            place={all.indexOf(one)}
            selected={one.run === selected}
            hidden={hidden.has(one.run)}
            onSelect={() => onSelect(one.run)}
            onHide={() => runs.toggleHidden(one.run)}
          />
        ))}
      </ul>
    </>
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
  const { word, tone } = stateWord(run);
  const name = run.run === '.' ? 'this folder' : run.run;
  const { variable } = runColour(place);
  const rowRef = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) reveal(rowRef.current);
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
        <Toggle
          className="swatch"
          pressed={!hidden}
          aria-label={`Draw the curve of ${name}`}
          title={hidden ? 'Draw its curve' : 'Hide its curve'}
          style={hidden ? { boxShadow: 'inset 0 0 0 1px var(--line-strong)' } : { background: variable }}
          onChange={props.onHide}
        />
      )}
      <span className="line">
        <span className={selected ? 'ellipsis grow medium' : 'ellipsis grow'}>{name}</span>
        <RawLoss run={run} />
      </span>
      <span className="line second">
        <span className="micro ellipsis grow">
          <span className={tone}>{word}</span> · {formatStep(Math.max(0, run.lastStep))}
          {run.synthetic && ' · synthetic'}
        </span>
        <SmoothedLoss run={run} />
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
