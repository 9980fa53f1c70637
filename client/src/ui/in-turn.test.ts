import { afterEach, expect, test, vi } from 'vitest';
import { inTurn } from './in-turn.js';

let frame: () => void = () => undefined;

function start(): { done: string[]; add: (name: string, isFirst?: boolean) => () => void } {
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => {
    frame = work;
  });
  const done: string[] = [];
  return { done, add: (name, isFirst) => inTurn(() => done.push(name), isFirst) };
}

afterEach(() => {
  // The queue is one for all.
  for (let left = 0; left < 10; left++) frame();
  vi.unstubAllGlobals();
});

test('the first piece of work is done at once, and the others one in each frame, but for those that were called off', () => {
  const { done, add } = start();
  add('a');
  const callOff = add('b');
  add('c');
  add('d');
  callOff();
  expect(done).toEqual(['a']);
  frame();
  expect(done).toEqual(['a', 'c']);
  frame();
  expect(done).toEqual(['a', 'c', 'd']);
  frame();
  add('e');
  expect(done).toEqual(['a', 'c', 'd', 'e']);
});

test('urgent work goes before work that has waited longer', () => {
  const { done, add } = start();
  add('a');
  add('b');
  add('c');
  add('chart', true);
  frame();
  frame();
  expect(done).toEqual(['a', 'chart', 'b']);
});
