import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import type { RunList } from '../../sources/source.js';
import { SavedAnnotations } from './saved-annotations.js';

const listOf = (...notes: (string | undefined)[]): RunList => ({
  logdir: './runs',
  runs: notes.map((note, at) => runSummary(`run${at}`, note === undefined ? {} : { note })),
});
const notesIn = (list: RunList) => list.runs.map(({ note }) => note);

test('what was saved is shown until the list says it, and what the list says later is believed', () => {
  const saved = new SavedAnnotations();
  saved.save(['run0'], { note: 'new' }, listOf('old', 'other'));
  expect(notesIn(saved.shownIn(listOf('old', 'other')))).toEqual(['new', 'other']);
  expect(notesIn(saved.shownIn(listOf('old', 'other')))).toEqual(['new', 'other']);
  expect(notesIn(saved.shownIn(listOf('new', 'other')))).toEqual(['new', 'other']);
  expect(notesIn(saved.shownIn(listOf('old', 'other')))).toEqual(['old', 'other']);
});

test('of two changes in a row the later one is shown while the list says the earlier one', () => {
  const saved = new SavedAnnotations();
  saved.save(['run0'], { note: 'first' }, listOf(undefined));
  saved.save(['run0'], { note: 'second' }, saved.shownIn(listOf(undefined)));
  expect(notesIn(saved.shownIn(listOf('first')))).toEqual(['second']);
  expect(notesIn(saved.shownIn(listOf('second')))).toEqual(['second']);
});

test('a removed note and label are absent, and an archived run is archived', () => {
  const saved = new SavedAnnotations();
  const list: RunList = { logdir: '', runs: [runSummary('a', { note: 'n', label: 'l' })] };
  saved.save(['a'], { note: '', label: null, archived: true }, list);
  const [shown] = saved.shownIn(list).runs;
  expect(shown).toEqual(runSummary('a', { archived: true }));
});

test('a list is the same object once nothing that was saved is awaited', () => {
  const saved = new SavedAnnotations();
  const list = listOf('new');
  expect(saved.shownIn(list)).toBe(list);
  saved.save(['run0'], { note: 'new' }, listOf('old'));
  saved.shownIn(list);
  expect(saved.shownIn(list)).toBe(list);
});
