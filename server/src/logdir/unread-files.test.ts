import { createEventReader } from '@convscope/shared/event-log/event-reader.js';
import { expect, it } from 'vitest';
import { FollowedFile } from './followed-file.js';
import { UnreadFiles } from './unread-files.js';

function fileOf(number: number, isReadToEnd = false): FollowedFile {
  const file = new FollowedFile(`f${number}`, `f${number}`, number, () =>
    createEventReader({ onEvent: () => undefined, onGap: () => undefined }),
  );
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

it('files wait for one that is read elsewhere, but not what is added to files that were read before', () => {
  const unread = new UnreadFiles();
  const [long, next, followed] = [fileOf(1), fileOf(2), fileOf(3, true)];
  unread.add(long);
  unread.add(next);
  expect(unread.take()).toBe(long);
  unread.sendAway(long);
  expect([unread.isEmpty, unread.hasNext, unread.take()]).toEqual([false, false, undefined]);
  unread.tell(long);
  expect(unread.hasNext).toBe(false);
  unread.tell(followed);
  expect(unread.take()).toBe(followed);
  unread.comeBack(long);
  expect([unread.take(), unread.take(), unread.take()]).toEqual([long, next, undefined]);
});
