import { describe, expect, it } from 'vitest';
import { AlertWatch, alertsOf, patienceWith } from './alerts.js';

const NOW = 10_000;
const live = {
  ...{ run: 'a', state: 'live' as const, readToEnd: true, lastStep: 100, loss: '0.5', lossTag: 'train/loss' },
  totalSteps: 1000,
  ...{ firstWallTime: NOW - 1000, lastWallTime: NOW },
};
const kindsOf = (run: Parameters<typeof alertsOf>[0], now = NOW) =>
  alertsOf(run, now).map(({ kind }) => kind);

describe('an alert', () => {
  it('is told of a loss that is not finite, a failure, an end and a silent process', () => {
    expect(kindsOf(live)).toEqual([]);
    expect(kindsOf({ ...live, loss: 'NaN' })).toEqual(['not-finite']);
    expect(kindsOf({ ...live, loss: '-Infinity' })).toEqual(['not-finite']);
    expect(kindsOf({ ...live, state: 'completed' })).toEqual(['finished']);
    expect(kindsOf({ ...live, state: 'lost' })).toEqual(['no-progress']);
    const [failed] = alertsOf({ ...live, state: 'failed', error: 'out of memory' }, NOW);
    expect(failed?.sentence).toBe('a failed at step 100: out of memory');
    const endOf = (state: 'completed' | 'interrupted') => alertsOf({ ...live, state }, NOW)[0]?.sentence;
    expect(endOf('completed')).toBe('a has finished, at step 100.');
    expect(endOf('interrupted')).toBe('a was interrupted at step 100.');
  });

  it('names the step since which a loss is not finite, however far the run has come', () => {
    const [alert] = alertsOf({ ...live, loss: 'NaN', notFiniteSince: 41 }, NOW);
    expect(alert).toMatchObject({
      step: 41,
      sentence: 'train/loss of a is NaN: it has not been finite since step 41.',
    });
  });

  it('calls a run by its label, and keeps its name for programs', () => {
    const [alert] = alertsOf({ ...live, label: 'the good one', state: 'failed' }, NOW);
    expect(alert).toMatchObject({
      run: 'a',
      label: 'the good one',
      sentence: 'the good one failed at step 100.',
    });
    const [unnamed] = alertsOf({ ...live, run: '.', state: 'failed' }, NOW);
    expect(unnamed?.sentence).toBe('this folder failed at step 100.');
    expect(unnamed).not.toHaveProperty('label');
  });

  it('says how long a run has been silent as people say it', () => {
    const said = (silence: number) =>
      alertsOf({ ...live, firstWallTime: NOW - 100_000, lastStep: 100_000 }, NOW + silence)[0]?.sentence;
    expect(said(200)).toBe('a has logged nothing for 3 min, since step 100000.');
    expect(said(3 * 3600)).toBe('a has logged nothing for 3 h, since step 100000.');
  });

  it('is told of no silence of an old log, of a copy of one, or of a run that was left long ago', () => {
    const YEAR = 365 * 86_400;
    const old = { ...live, firstWallTime: NOW - YEAR - 1000, lastWallTime: NOW - YEAR };
    expect(kindsOf({ ...old, lastChange: NOW - YEAR })).toEqual([]);
    expect(kindsOf({ ...old, lastChange: NOW }, NOW + 9999)).toEqual([]);
    expect(kindsOf({ ...old, state: 'lost', lastChange: NOW })).toEqual([]);
    expect(kindsOf({ ...old, state: 'lost' })).toEqual([]);
    expect(kindsOf({ ...old, lastChange: NOW, loss: 'NaN' })).toEqual(['not-finite']);
  });

  it('is told by when the files changed, since the clock of the records may be another', () => {
    const behind = { ...live, firstWallTime: NOW - 4600, lastWallTime: NOW - 3600, lastChange: NOW };
    expect(kindsOf(behind)).toEqual([]);
    expect(kindsOf(behind, NOW + 151)).toEqual(['no-progress']);
  });

  it('is told of a run that is silent for ten times its usual step, and not before its writer may have flushed', () => {
    expect(patienceWith(live)).toBe(150);
    expect(kindsOf(live, NOW + 149)).toEqual([]);
    expect(kindsOf(live, NOW + 151)).toEqual(['no-progress']);
    const slow = { ...live, lastStep: 10 };
    expect(patienceWith(slow)).toBe(1000);
    expect(kindsOf(slow, NOW + 900)).toEqual([]);
    expect(kindsOf(slow, NOW + 1001)).toEqual(['no-progress']);
    expect(kindsOf({ ...live, lastStep: 0 }, NOW + 9999)).toEqual([]);
  });

  it('is told of the log of another program once it is silent for longer than its pauses', () => {
    const { totalSteps: _, ...other } = live;
    // Such as one that is flushed once an epoch.
    expect(kindsOf({ ...other, state: 'live' }, NOW + 9999)).toEqual([]);
    expect(kindsOf({ ...other, state: 'idle' }, NOW + 149)).toEqual([]);
    expect(kindsOf({ ...other, state: 'idle' }, NOW + 151)).toEqual(['no-progress']);
  });

  it('is not told of a run whose training was paused', () => {
    expect(kindsOf({ ...live, trainingPaused: true }, NOW + 9999)).toEqual([]);
    expect(kindsOf({ ...live, trainingPaused: true, loss: 'NaN' }, NOW + 9999)).toEqual(['not-finite']);
  });

  it('is not told of a log that has not been read to its end', () => {
    expect(kindsOf({ ...live, loss: 'NaN', readToEnd: false })).toEqual([]);
  });
});

describe('watching', () => {
  it('tells each alert once, and again when it has come back', () => {
    const watch = new AlertWatch();
    const told = (loss: string) => watch.update([{ ...live, loss }], NOW).length;
    expect([told('1'), told('NaN'), told('NaN'), told('1'), told('NaN')]).toEqual([0, 1, 0, 0, 1]);
  });

  it('tells what has become of a run while its log was read anew', () => {
    const watch = new AlertWatch();
    const told = (change: Partial<typeof live> | { state: 'interrupted' }) =>
      watch.update([{ ...live, ...change }], NOW).map(({ kind }) => kind);
    expect(told({})).toEqual([]);
    expect(told({ readToEnd: false })).toEqual([]);
    expect(told({ state: 'interrupted' })).toEqual(['finished']);
    expect(told({ readToEnd: false })).toEqual([]);
    expect(told({ state: 'interrupted' })).toEqual([]);
  });

  it('forgets runs that are gone', () => {
    const watch = new AlertWatch();
    const told = (loss: string) => watch.update([{ ...live, loss }], NOW).length;
    expect(told('1')).toBe(0);
    expect(watch.update([], NOW)).toEqual([]);
    expect(told('NaN')).toBe(0);
  });

  it('tells what a run says when it is first seen, if it began while runs were watched', () => {
    const watch = new AlertWatch();
    expect(watch.update([], NOW)).toEqual([]);
    // A writer that flushes every two minutes has begun before it is seen.
    const begun = { ...live, loss: 'NaN', firstWallTime: NOW - 100, lastWallTime: NOW + 20 };
    expect(watch.update([begun], NOW + 20).map(({ kind }) => kind)).toEqual(['not-finite']);
    expect(watch.update([begun], NOW + 25)).toEqual([]);
    const copied = { ...live, run: 'copied', loss: 'NaN' };
    expect(watch.update([begun, copied], NOW + 30)).toEqual([]);
  });

  it('takes what is so at the beginning for known', () => {
    const watch = new AlertWatch();
    expect(watch.update([{ ...live, state: 'failed' }], NOW)).toEqual([]);
    expect(watch.update([{ ...live, state: 'failed', loss: 'NaN' }], NOW).map(({ kind }) => kind)).toEqual([
      'not-finite',
    ]);
  });
});
