import { createEventReader } from '@convscope/shared/event-log/event-reader.js';
import { expect, test } from 'vitest';
import { FollowedFile } from './followed-file.js';
import { Rhythm } from './rhythm.js';
import { RunFiles } from './run-files.js';

function follow() {
  const file = new FollowedFile('f', 'f', 0, () =>
    createEventReader({ onEvent: () => undefined, onGap: () => undefined }),
  );
  const files = new RunFiles(new Rhythm());
  files.add(file);
  const note = (size: number, modified: number) =>
    files.note(file, { size, modified, identity: 'i', stamp: '', born: '' }, modified);
  return { file, note };
}

test('a file that was changed without growing may have been changed in place', () => {
  const { file, note } = follow();
  note(100, 1);
  expect(file.isTouched).toBe(false);
  note(100, 2);
  expect(file.isTouched).toBe(true);
});

test('a file that is seen in the middle of a write, which sets its time before its length, was not changed in place', () => {
  const { file, note } = follow();
  note(100, 1);
  note(100, 2);
  // Others may have followed by then.
  note(300, 3);
  expect(file.isTouched).toBe(false);
});

test('a file that was changed without growing, and left so, was changed in place whatever is added later', () => {
  const { file, note } = follow();
  note(100, 1);
  note(100, 2);
  file.finished = true;
  note(200, 3);
  expect(file.isTouched).toBe(true);
});
