import { afterEach, expect, test, vi } from 'vitest';
import { inTurn } from './in-turn.js';

afterEach(() => vi.unstubAllGlobals());

test('pieces of work are done one in each frame, but for those that were called off', () => {
  let frame: () => void = () => undefined;
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => {
    frame = work;
  });
  const done: string[] = [];
  const start = (name: string) => inTurn(() => done.push(name));
  start('a');
  const callOff = start('b');
  start('c');
  callOff();
  expect(done).toEqual([]);
  frame();
  expect(done).toEqual(['a']);
  frame();
  expect(done).toEqual(['a', 'c']);
  frame();
  start('d');
  frame();
  expect(done).toEqual(['a', 'c', 'd']);
});
