import { expect, test } from 'vitest';
import { stateWord } from './state-words.js';

test('a run whose log has not been read to its end is neither lost nor idle nor live', () => {
  for (const state of ['lost', 'idle', 'live'] as const) {
    expect(stateWord({ state, readToEnd: false }, false).word).toBe('reading');
    expect(stateWord({ state, readToEnd: true }, false).word).toBe(state);
  }
});

test('a run whose training is paused is called paused, as long as its process says so to a hub that answers', () => {
  const paused = { state: 'live', readToEnd: true, trainingPaused: true } as const;
  expect(stateWord(paused, false)).toEqual({ word: 'paused', tone: 'is-warn' });
  expect(stateWord({ ...paused, readToEnd: false }, false).word).toBe('reading');
  expect(stateWord(paused, true).word).toBe('was live');
  expect(stateWord({ ...paused, state: 'completed' }, false).word).toBe('finished');
});

test('while the hub is lost, no run is called live and no log is called read', () => {
  expect(stateWord({ state: 'live', readToEnd: true }, true).word).toBe('was live');
  expect(stateWord({ state: 'live', readToEnd: false }, true).word).toBe('not read');
  expect(stateWord({ state: 'completed', readToEnd: false }, true).word).toBe('not read');
  for (const state of ['lost', 'idle', 'completed', 'interrupted', 'failed'] as const)
    expect(stateWord({ state, readToEnd: true }, true)).toEqual(stateWord({ state, readToEnd: true }, false));
});
