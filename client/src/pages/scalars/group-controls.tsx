import { useContext, useMemo } from 'react';
import { runColour } from '../../runs/run-colours.js';
import { useRuns } from '../../runs/runs-context.js';
import { Select } from '../../ui/select.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { CurveKey } from './curve-key.js';
import { drawnGroups } from './curve-sources.js';
import { groupByIn, groupByText, groupingKeys } from './run-groups.js';
import { DrawnRunsContext, useScalars } from './scalars-context.js';
import type { Band } from './view.js';

const BAND_TEXTS: readonly (readonly [Band, string])[] = [
  ['range', 'lowest to highest'],
  ['deviation', 'standard deviation'],
  ['none', 'no band'],
];
/** Chosen in the list before there is a pattern. */
const REGEX = 'regex:';
const NO_RUNS: readonly never[] = [];

/** Puts runs together, of which the mean is drawn. */
export function GroupControls() {
  const state = useScalars();
  const { group, band } = useStoreValue(state.view);
  const runs = useStore(useRuns().list, (list) => list?.runs) ?? NO_RUNS;
  const keys = useMemo(() => groupingKeys(runs), [runs]);
  const by = groupByIn(group);
  const known = by.kind === 'config' && !keys.includes(by.key) ? [...keys, by.key] : keys;
  const options: (readonly [string, string])[] = [
    ['', 'none'],
    ['name', 'name without its number'],
    [REGEX, 'regular expression'],
    ...known.map((key) => [groupByText({ kind: 'config', key }), key] as const),
  ];
  return (
    <>
      <Select<string>
        look="boxed"
        label="Group of runs"
        text="group "
        title="Draws the mean of the runs of a group, such as those with different seeds"
        value={by.kind === 'regex' ? REGEX : group}
        options={options}
        onChange={(next) => state.show({ group: next === REGEX ? `${REGEX}^(.*)[-_]` : next })}
      />
      {by.kind === 'regex' && (
        <input
          className="pattern"
          aria-label="Regular expression of the group: its first brackets name it"
          title="Runs with the same text in the first brackets are a group"
          value={by.pattern}
          onChange={(event) => state.show({ group: `${REGEX}${event.target.value}` })}
        />
      )}
      {by.kind !== 'none' && (
        <Select<Band>
          look="boxed"
          label="Around the mean"
          value={band}
          options={BAND_TEXTS}
          onChange={(next) => state.show({ band: next })}
        />
      )}
    </>
  );
}

/** Which curve is the mean of which runs: the squares in the list of runs have the colours of single runs. */
export function GroupLegend() {
  const { group } = useStoreValue(useScalars().view);
  const runs = useContext(DrawnRunsContext);
  const groups = useMemo(() => drawnGroups(runs, group), [runs, group]);
  if (!groups.some((one) => one.runs.length > 1)) return null;
  return (
    <ul className="group-legend small" aria-label="Groups of runs" tabIndex={0}>
      {groups.map(({ runs: members, label, place }) => (
        <li key={members[0]} title={members.join('\n')}>
          <CurveKey colour={runColour(place).variable} dash={runColour(place).dash} /> <bdi>{label}</bdi>
        </li>
      ))}
    </ul>
  );
}
