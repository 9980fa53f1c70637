import type { HparamsAnswer, HparamsRun } from '@convscope/shared/protocol/hparams.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { SeriesSummary } from '@convscope/shared/protocol/summaries.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterRuns } from '../../runs/run-filter.js';
import { scaleOf } from './axis-scale.js';
import { brushBetween, placesOf } from './brush-places.js';
import { type Column, declaredMetrics, type Summaries, tableOf, undeclaredMetrics } from './columns.js';
import { filterText, withBrushes } from './filter-text.js';
import { metricTags } from './hparams-data.js';
import { isWithin, type Row, rowsOf, sorted } from './rows.js';
import { cellText } from './texts.js';
import type { Brush } from './view.js';

function answerOf(
  runs: readonly (Pick<HparamsRun, 'run' | 'values'> & Partial<HparamsRun>)[],
  metrics: readonly { tag: string; group: string }[] = [],
): HparamsAnswer {
  return {
    version: 1,
    runs: runs.map((run) => ({ generation: 1, ...run })),
    experiments:
      metrics.length === 0
        ? []
        : [{ run: '.', hparams: [], metrics: metrics.map((one) => ({ ...one, set: 'unknown' as const })) }],
  };
}

function summariesOf(values: Readonly<Record<string, Readonly<Record<string, number | string>>>>): Summaries {
  const point = (value: number | string) => ({ step: 1, wallTime: 1, value });
  return new Map(
    Object.entries(values).map(([tag, byRun]) => [
      tag,
      new Map(
        Object.entries(byRun).map(([run, value]): [string, SeriesSummary] => [
          run,
          { run: 0, tag: 0, points: 2, last: point(value), min: point(Number(value) - 1), max: point(9) },
        ]),
      ),
    ]),
  );
}

function summaryOf(run: string, config: RunConfig): RunSummary {
  return runSummary(run, { config, state: 'idle' });
}

const metric = (tag: string, group = '') => ({ tag, group, title: tag, description: undefined });

describe('a scalar that no experiment declares', () => {
  const sessions = [{ run: 'trial0' }, { run: 'trial1' }];
  const groupsOf = (values: Readonly<Record<string, number>>) =>
    undeclaredMetrics('epoch_loss', sessions, summariesOf({ epoch_loss: values })).map(({ group }) => group);

  it('is a metric of each folder below the sessions that logs it, as with Keras', () => {
    expect(groupsOf({ 'trial0/train': 1, 'trial0/validation': 2, 'trial1/train': 3 })).toEqual([
      'train',
      'validation',
    ]);
  });

  it('is a metric of the sessions where they log it themselves, or nobody does', () => {
    expect(groupsOf({ trial0: 1, trial1: 2 })).toEqual(['']);
    expect(groupsOf({ trial0: 1, 'trial0/train': 2 })).toEqual(['', 'train']);
    expect(groupsOf({ elsewhere: 1 })).toEqual(['']);
  });
});

describe('the columns', () => {
  it('are numbers where all runs state numbers, and texts otherwise', () => {
    const answer = answerOf([
      { run: 'a', values: { lr: 0.1, optimizer: 'sgd', amp: true, decay: 'NaN', same: 1 } },
      { run: 'b', values: { lr: 1e-4, optimizer: 'adam', amp: false, decay: 0.5, same: 1 } },
    ]);
    const { columns, sessions } = tableOf(answer, [], new Map(), 'last');
    expect(columns.map(({ id, type, isLogLike, isConstant }) => [id, type, isLogLike, isConstant])).toEqual([
      ['h:lr', 'number', true, false],
      ['h:optimizer', 'text', false, false],
      ['h:amp', 'text', false, false],
      ['h:decay', 'number', false, false],
      ['h:same', 'number', false, true],
    ]);
    expect(sessions[0]?.values.get('h:amp')).toBe('true');
    expect(sessions[0]?.values.get('h:decay')).toBeNaN();
  });

  it('take a metric from the run, from the folder that the experiment names, or from the run above', () => {
    const runs = [
      { run: 'a', values: { lr: 1 } },
      { run: 'trial/1700.1', values: { lr: 2 } },
    ];
    const summaries = summariesOf({
      acc: { a: 0.5, 'a/validation': 0.4, 'trial/1700.1': 'NaN' },
      loss: { a: 3, trial: 7 },
    });
    const { sessions } = tableOf(
      answerOf(runs),
      [metric('acc'), metric('acc', 'validation'), metric('loss')],
      summaries,
      'last',
    );
    const [a, trial] = sessions.map(({ values }) => Object.fromEntries(values));
    expect(a).toEqual({ 'h:lr': 1, 'm:acc': 0.5, 'm:validation:acc': 0.4, 'm:loss': 3 });
    expect(trial).toEqual({ 'h:lr': 2, 'm:acc': Number.NaN, 'm:loss': 7 });
    const lowest = tableOf(answerOf(runs), [metric('loss')], summaries, 'min');
    expect(lowest.sessions[0]?.values.get('m:loss')).toBe(2);
  });

  it('are the metrics that were chosen, else those that are declared, else the losses', () => {
    const declared = answerOf(
      [],
      [
        { tag: 'acc', group: '' },
        { tag: 'acc', group: '' },
        { tag: 'epoch_loss', group: 'validation' },
      ],
    );
    expect(declaredMetrics(declared).map(({ tag, title }) => [tag, title])).toEqual([
      ['acc', 'acc'],
      ['epoch_loss', 'validation: epoch_loss'],
    ]);
    expect(metricTags(declared, undefined, ['loss'])).toEqual(['acc', 'epoch_loss']);
    expect(metricTags(declared, ['f1'], ['loss'])).toEqual(['f1']);
    expect(metricTags(answerOf([]), undefined, ['loss', undefined, 'loss'])).toEqual(['loss']);
  });
});

describe('the rows', () => {
  const answer = answerOf([
    { run: 'a', values: { lr: 0.1, seed: 1 }, group: 'x' },
    { run: 'b', values: { lr: 0.1, seed: 2 }, group: 'x' },
    { run: 'c', values: { lr: 0.2, seed: 1 } },
  ]);
  const table = tableOf(answer, [metric('acc')], summariesOf({ acc: { a: 0.5, b: 0.7 } }), 'last');

  it.each(['groups', 'values'] as const)('are means of runs that belong together, by %s', (grouping) => {
    const [mean, alone] = rowsOf(table, grouping);
    expect(mean?.sessions.map(({ run }) => run)).toEqual(['a', 'b']);
    expect(mean?.values.get('m:acc')).toBeCloseTo(0.6);
    expect(mean?.spread.get('m:acc')).toBeCloseTo(Math.sqrt(0.02));
    expect(mean?.spread.has('h:lr')).toBe(false);
    expect(cellText({ id: 'm:acc', kind: 'metric' }, mean!)).toBe('0.600 ± 0.141');
    expect(alone?.name).toBe('c');
  });

  it('are sorted, those without a value last in either direction', () => {
    const rows = rowsOf(table, 'runs');
    const names = (isDescending: boolean) =>
      sorted(rows, { column: 'm:acc', isDescending }).map(({ name }) => name);
    expect(names(false)).toEqual(['a', 'b', 'c']);
    expect(names(true)).toEqual(['b', 'a', 'c']);
  });
});

it('a row of one run has its label, and is still that run', () => {
  const answer = answerOf([{ run: 'r0', values: { lr: 1 } }]);
  const titleOf = (run: string) => (run === 'r0' ? 'baseline' : run);
  const [row] = rowsOf(tableOf(answer, [], new Map(), 'last'), 'runs', titleOf);
  expect([row?.name, row?.id, row?.sessions[0]?.run]).toEqual(['baseline', 'r0', 'r0']);
});

describe('a brush', () => {
  const answer = answerOf(
    [0.001, 0.01, 0.1, 1].map((lr, at) => ({
      run: `r${at}`,
      values: { lr, optimizer: ['sgd', 'adam', 'adam w', 'sgd'][at]! },
    })),
  );
  const table = tableOf(answer, [], new Map(), 'last');
  const rows = rowsOf(table, 'runs');
  const [lr, optimizer] = table.columns as [Column, Column];

  it('is chosen by places and lies where it was chosen', () => {
    const scale = scaleOf(lr, rows, true);
    const brush = brushBetween(0.25, 0.75, scale)!;
    expect(brush).toEqual({ kind: 'range', lo: 0.005623, hi: 0.1779 });
    const [low, high] = placesOf(brush, scale)!;
    expect([low, high]).toEqual([expect.closeTo(0.25, 3), expect.closeTo(0.75, 3)]);
    expect(brushBetween(0.01, 0.99, scale)).toBeUndefined();
    expect(brushBetween(0.5, 0.99, scale)).toEqual({ kind: 'range', lo: 0.03162, hi: 1 });
    const texts = brushBetween(0.4, 1, scaleOf(optimizer, rows, false));
    expect(texts).toEqual({ kind: 'texts', texts: ['adam w', 'sgd'] });
  });

  it('holds what lies on its end, however many digits that has', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 2 }), (values) => {
        const some = values.map((value): Row => ({ ...rows[0]!, values: new Map([['h:lr', value]]) }));
        const brush = brushBetween(0.5, 1, scaleOf(lr, some, false));
        const greatest = some.reduce((a, b) =>
          Number(a.values.get('h:lr')) < Number(b.values.get('h:lr')) ? b : a,
        );
        expect(brush === undefined || isWithin(greatest, new Map([['h:lr', brush]]))).toBe(true);
      }),
    );
  });

  it.each([
    [[['h:lr', { kind: 'range', lo: 0.005, hi: 0.5 }]], ['r1', 'r2']],
    [[['h:optimizer', { kind: 'texts', texts: ['adam'] }]], ['r1']],
    [
      [
        ['h:lr', { kind: 'range', lo: 0.005, hi: 5 }],
        ['h:optimizer', { kind: 'texts', texts: ['sgd'] }],
      ],
      ['r3'],
    ],
  ] as const)('lets through the same rows as the filter that it writes: %j', (pairs, expected) => {
    const brushes = new Map<string, Brush>(pairs);
    expect(rows.filter((row) => isWithin(row, brushes)).map(({ name }) => name)).toEqual(expected);
    const runs = answer.runs.map(({ run, values }) => summaryOf(run, values));
    const filter = filterText(brushes, table.columns, 'last');
    expect(filterRuns(runs, filter).shown.map(({ run }) => run)).toEqual(expected);
  });

  it('is added to what the user has typed', () => {
    const brushes = new Map<string, Brush>([
      ['h:lr', { kind: 'range', lo: 0.1, hi: 1 }],
      ['h:optimizer', { kind: 'texts', texts: ['adam w', 'sgd'] }],
    ]);
    const text = filterText(brushes, table.columns, 'last');
    expect(text).toBe('lr>=0.1 && lr<=1 && (optimizer="adam w" || optimizer=sgd)');
    expect(withBrushes('', text)).toBe(text);
    expect(withBrushes('a || b', 'lr>1')).toBe('(a || b) && lr>1');
    expect(withBrushes('loss<1', '')).toBe('loss<1');
    const metrics: Column[] = [{ ...lr, id: 'm:val loss', name: 'val loss', kind: 'metric' }];
    const range = new Map<string, Brush>([['m:val loss', { kind: 'range', lo: 1, hi: 2 }]]);
    expect(filterText(range, metrics, 'min')).toBe('min("val loss")>=1 && min("val loss")<=2');
  });
});

describe('an axis', () => {
  it('has ticks within it, whatever the values', () => {
    const column: Column = {
      ...{ id: 'x', name: 'x', title: 'x', kind: 'hparam', type: 'number', description: undefined },
      ...{ isLogLike: false, isConstant: false },
    };
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 6 }), fc.boolean(), (values, isLog) => {
        const rows = values.map(
          (value): Row => ({
            id: '',
            name: '',
            sessions: [],
            values: new Map([['x', value]]),
            spread: new Map(),
          }),
        );
        const scale = scaleOf(column, rows, isLog);
        expect(scale.ticks.length).toBeLessThan(30);
        for (const { at } of scale.ticks) {
          expect(at).toBeGreaterThan(-0.01);
          expect(at).toBeLessThan(1.01);
        }
        for (const value of values) {
          const place = scale.placeOf(value);
          if (place !== undefined) expect(place).toBeGreaterThanOrEqual(-1e-9);
        }
      }),
    );
  });
});
