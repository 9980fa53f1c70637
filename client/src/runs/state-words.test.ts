import { expect, test } from 'vitest';
import { stateWord } from './state-words.js';

test('a run whose log has not been read to its end is neither lost nor idle nor live', () => {
  for (const state of ['lost', 'idle', 'live'] as const) {
    expect(stateWord({ state, readToEnd: false }).word).toBe('reading');
    expect(stateWord({ state, readToEnd: true }).word).toBe(state);
  }
});
