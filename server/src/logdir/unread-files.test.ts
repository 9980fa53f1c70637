import { expect, it } from 'vitest';
import { createEventReader } from './event-reader.js';
import { FollowedFile } from './followed-file.js';
import { UnreadFiles } from './unread-files.js';

function fileOf(number: number, isReadToEnd = false): FollowedFile {
  const reader = createEventReader({ onEvent: () => undefined, onGap: () => undefined });
  const file = new FollowedFile(`f${number}`, `f${number}`, number, reader);
  file.isReadToEnd = isReadToEnd;
  return file;
}

function takeAll(unread: UnreadFiles): number[] {
  const taken: number[] = [];
  for (let file = unread.take(); file; file = unread.take()) taken.push(file.number);
  return taken;
}

it('a file is read to its end before the next one begins', () => {
  const unread = new UnreadFiles();
  const files = [0, 1, 2].map((number) => fileOf(number));
  for (const file of files) unread.add(file);
  expect(unread.take()).toBe(files[0]);
  // Its writer goes on meanwhile.
  unread.tell(files[0]!);
  unread.tell(files[2]!);
  unread.putBack(files[0]!);
  expect(takeAll(unread)).toEqual([0, 1, 2]);
  expect(unread.isEmpty).toBe(true);
});

it('a file that was read to its end and grows goes before the others', () => {
  const unread = new UnreadFiles();
  const grown = fileOf(7, true);
  for (let number = 0; number < 3; number++) unread.add(fileOf(number));
  unread.putBack(unread.take()!);
  unread.tell(grown);
  expect(unread.has(grown)).toBe(true);
  expect(takeAll(unread)).toEqual([7, 0, 1, 2]);
});

it('a file that could not be read waits until it is tried again', () => {
  const unread = new UnreadFiles();
  const [file, other] = [fileOf(0), fileOf(1)];
  unread.add(file);
  unread.fail(unread.take()!);
  expect(unread.isEmpty).toBe(true);
  expect([unread.retry(file), unread.retry(other)]).toEqual([true, false]);
  expect(takeAll(unread)).toEqual([0]);
});
