import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import { runColour } from '../../runs/run-colours.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { Track } from '../../series/track.js';
import { tokensFrom } from '../../ui/tokens.js';
import { curveSources, drawnGroups } from './curve-sources.js';
import { areSame } from './use-same-runs.js';

function run(name: string, place: number): DrawnRun {
  return {
    ...runSummary(name, { state: 'live' }),
    place,
    colour: runColour(place),
  };
}

/** A scalar of one point. */
function track(of: string, tag: string): Track {
  const one = new Track(of, tag, 0);
  const steps = Float64Array.of(0);
  one.take(
    { x: 'step', weight: 0, width: 100, from: undefined, to: undefined, replaced: false },
    {
      ...{
        kind: 'points',
        run: 0,
        tag: 0,
        branch: 0,
        rows: 1,
        total: 1,
        from: 0,
        to: 0,
        firstX: 0,
        lastX: 0,
      },
      ...{ steps, wallTimes: steps, values: Float64Array.of(1) },
    },
    1,
  );
  return one;
}

const RUNS = [run('a1', 3), run('a2', 3), run('.', 5)];
const sourcesOf = (tags: readonly string[], group = '') =>
  curveSources({ runs: RUNS, tags, group, tokens: tokensFrom((property) => property), trackOf: track });

test('a card has a curve for each run, in the colour of the run', () => {
  const sources = sourcesOf(['loss']);
  expect(sources.map(({ label, colour }) => [label, colour])).toEqual([
    ['a1', '--run-4'],
    ['a2', '--run-4'],
    ['this folder', '--run-6'],
  ]);
});

test('a run is called by its label', () => {
  const runs = [{ ...run('a1', 3), label: 'baseline' }, run('b', 5)];
  const labelsOf = (group: string) =>
    curveSources({
      ...{ runs, tags: ['loss'], group, trackOf: track },
      tokens: tokensFrom((property) => property),
    }).map(({ label }) => label);
  expect(labelsOf('')).toEqual(['baseline', 'b']);
  expect(labelsOf('name')).toEqual(['baseline', 'b']);
  // The cards are drawn anew once it has one.
  expect(areSame([run('a1', 3)], [{ ...run('a1', 3), label: 'baseline' }])).toBe(false);
});

test('in a card of several tags the lines of a run differ by tag', () => {
  const sources = sourcesOf(['loss', 'lr']);
  expect(sources.map(({ label }) => label)).toEqual([
    'a1 · loss',
    'a2 · loss',
    'this folder · loss',
    'a1 · lr',
    'a2 · lr',
    'this folder · lr',
  ]);
  expect(sources[0]?.dash).toBeUndefined();
  expect(sources[3]?.dash).toBeDefined();
});

test('runs of a group are one curve, in their colour if they share one', () => {
  const [group, alone] = sourcesOf(['loss'], 'name');
  expect(group).toMatchObject({ label: 'a… (2)', colour: '--run-4', isGroup: true });
  expect(group?.tracks).toHaveLength(2);
  expect(alone).toMatchObject({ label: 'this folder', isGroup: false });
});

test('eight groups have eight colours, and lines in one piece', () => {
  const runs = Array.from({ length: 24 }, (_, at) => run(`lr${2 ** Math.floor(at / 3)}_seed${at % 3}`, at));
  const places = drawnGroups(runs, 'name').map(({ place }) => place);
  expect(new Set(places).size).toBe(8);
  expect(places.filter((place) => runColour(place).dash !== undefined)).toEqual([]);
  // In whatever order the list has them.
  const names = (of: readonly DrawnRun[]) =>
    Object.fromEntries(drawnGroups(of, 'name').map(({ name, place }) => [name, place]));
  expect(names([...runs].reverse())).toEqual(names(runs));
  // A run of no group keeps its colour, which no group takes.
  const withOne = drawnGroups([...runs.slice(0, 6), run('other', places[0]!)], 'name');
  expect(withOne.at(-1)?.place).toBe(places[0]);
  expect(new Set(withOne.map(({ place }) => place)).size).toBe(3);
});

test('runs are the same while only their newest step has changed', () => {
  expect(
    areSame(
      RUNS,
      RUNS.map((one) => ({ ...one, lastStep: 99, bytes: 7 })),
    ),
  ).toBe(true);
  expect(areSame(RUNS, RUNS.slice(1))).toBe(false);
  expect(areSame(RUNS, [{ ...RUNS[0]!, place: 9 }, ...RUNS.slice(1)])).toBe(false);
});
