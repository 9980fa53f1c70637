import type { RunAction, RunActionResult } from '@convscope/shared/protocol/run-actions.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { expect, test } from 'vitest';
import type { RunList } from '../../sources/source.js';
import { createStore } from '../../ui/store.js';
import { RunActions } from './run-actions.js';

function hubOf(answer: (action: RunAction) => readonly RunActionResult[], reason?: string) {
  const asked: RunAction[] = [];
  const list = createStore<RunList | undefined>({ logdir: '', runs: [runSummary('a'), runSummary('b')] });
  const hub = {
    act: async (action: RunAction) => {
      asked.push(action);
      return { results: answer(action) };
    },
    control: async () => ({ readOnly: reason !== undefined, readOnlyReason: reason }),
    trash: async () => ({ runs: [{ deleted: 'id', run: 'a', at: 1, files: asked.length }] }),
  };
  const actions = new RunActions(hub, list);
  actions.withDone(list.get()!);
  return { actions, asked, list };
}

test('what was archived can be taken back', async () => {
  const { actions, asked } = hubOf((action) =>
    action.action === 'annotate' ? action.runs.map((run) => ({ run, outcome: 'done' })) : [],
  );
  await actions.annotate(['a', 'b'], { archived: true });
  expect(actions.said.get()).toMatchObject({ sentence: '2 runs archived.', isBad: false });
  actions.said.get()?.undo?.();
  await expect.poll(() => asked.at(-1)).toEqual({ action: 'annotate', runs: ['a', 'b'], archived: false });
});

test('of runs that failed the first reason is said, and the others can still be taken back', async () => {
  const { actions, asked } = hubOf(() => [
    { run: 'a', outcome: 'done', deleted: 'id-a' },
    { run: 'b', outcome: 'failed', reason: 'b is a link.' },
    { run: 'c', outcome: 'failed', reason: 'c is a link.' },
  ]);
  await actions.delete(['a', 'b', 'c']);
  expect(actions.said.get()).toMatchObject({ sentence: 'b is a link. And 1 more.', isBad: true });
  actions.said.get()?.undo?.();
  await expect.poll(() => asked.at(-1)).toEqual({ action: 'restore', deleted: ['id-a'] });
});

test('the trash is listed again after each action, once it has been asked for', async () => {
  const { actions } = hubOf(() => []);
  await actions.delete(['a']);
  expect(actions.deleted.get()).toBeUndefined();
  await actions.listDeleted();
  await actions.delete(['b']);
  expect(actions.deleted.get()).toMatchObject([{ files: 2 }]);
});

test('a note that the hub has taken is shown at once, before the list of runs brings it', async () => {
  const { actions, list } = hubOf((action) =>
    action.action === 'annotate' ? action.runs.map((run) => ({ run, outcome: 'done' })) : [],
  );
  const before = list.get();
  expect(await actions.annotate(['a'], { note: 'new' })).toBe(true);
  expect(list.get()?.runs.map(({ note }) => note)).toEqual(['new', undefined]);
  expect(actions.withDone(before!).runs[0]?.note).toBe('new');
});

test('a deleted run leaves the list at once, and comes back when it is restored', async () => {
  const { actions, list } = hubOf((action) =>
    action.action === 'delete'
      ? [
          { run: 'a', outcome: 'done', deleted: 'id-a' },
          { run: 'b', outcome: 'live' },
        ]
      : [{ run: 'a', outcome: 'done' }],
  );
  const names = () => list.get()?.runs.map(({ run }) => run);
  await actions.delete(['a', 'b']);
  expect(names()).toEqual(['b']);
  actions.said.get()?.undo?.();
  await expect.poll(names).toEqual(['a', 'b']);
});

test('a note that the hub has not taken is not shown', async () => {
  const { actions, list } = hubOf(() => [{ run: 'a', outcome: 'failed', reason: 'The disk is full.' }]);
  const before = list.get();
  expect(await actions.annotate(['a'], { note: 'new' })).toBe(false);
  expect(list.get()).toBe(before);
  expect(actions.said.get()).toMatchObject({ sentence: 'The disk is full.', isBad: true });
});

test('a hub that changes nothing says why', async () => {
  const { actions } = hubOf(() => [], 'This hub was started with --read-only.');
  await actions.askControl();
  expect(actions.forbidden.get()).toBe('This hub was started with --read-only.');
});
