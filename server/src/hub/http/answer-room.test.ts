import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import { AnswerRoom, type HeldResponse } from './answer-room.js';

const MB = 1024 * 1024;
const waitFor = (condition: () => void) => vi.waitFor(condition, { timeout: 10_000, interval: 5 });

class Response extends EventEmitter {
  destroyed = false;
  readonly socket = { bytesWritten: 0 };
  writableLength = 1;
  close(): void {
    this.destroyed = true;
    this.emit('close');
  }
  destroy(): this {
    this.close();
    return this;
  }
}

/** A room that cuts answers after a moment, or never. */
function roomOf(mostBytes: number, lookEveryMs = 20) {
  return new AnswerRoom({ mostBytes, lookEveryMs });
}
const NEVER = 1_000_000;

/** Holds an answer, and says whether it may be sent. */
function held(room: AnswerRoom, bytes: number) {
  const response = new Response();
  const one = { response, begun: false };
  void room.hold(response as unknown as HeldResponse, bytes).then(() => {
    one.begun = true;
  });
  return one;
}

it('a long answer waits until there is room, in the order in which they came', async () => {
  const room = roomOf(10 * MB, NEVER);
  const first = held(room, 8 * MB);
  const second = held(room, 8 * MB);
  const third = held(room, 8 * MB);
  await waitFor(() => expect(first.begun).toBe(true));
  expect([second.begun, third.begun]).toEqual([false, false]);
  first.response.close();
  await waitFor(() => expect(second.begun).toBe(true));
  expect(third.begun).toBe(false);
  second.response.close();
  await waitFor(() => expect(third.begun).toBe(true));
  expect(room.bytes).toBe(8 * MB);
  third.response.close();
  expect(room.bytes).toBe(0);
});

it('answers that nobody takes are cut for others, and those that are taken are not', async () => {
  const room = roomOf(10 * MB);
  const read = held(room, 2 * MB);
  const unread = [held(room, 4 * MB), held(room, 4 * MB)];
  const taking = setInterval(() => read.response.socket.bytesWritten++, 1);
  const next = held(room, 8 * MB);
  await waitFor(() => expect(next.begun).toBe(true));
  clearInterval(taking);
  expect(unread.map(({ response }) => response.destroyed)).toEqual([true, true]);
  expect(read.response.destroyed).toBe(false);
});

it('an answer of which nothing has been made yet is not cut', async () => {
  const room = roomOf(10 * MB);
  const begun = held(room, MB / 2);
  begun.response.writableLength = 0;
  const unread = Array.from({ length: 30 }, () => held(room, MB / 2));
  await waitFor(() => expect(room.bytes).toBeLessThanOrEqual(10 * MB));
  expect(unread.some(({ response }) => response.destroyed)).toBe(true);
  expect(begun.response.destroyed).toBe(false);
});

it('the answer that is taken most slowly is cut where all are taken', async () => {
  const room = roomOf(10 * MB);
  const [slow, fast] = [held(room, 5 * MB), held(room, 5 * MB)];
  const taking = setInterval(() => {
    slow.response.socket.bytesWritten++;
    fast.response.socket.bytesWritten += 1000;
  }, 1);
  const next = held(room, 5 * MB);
  await waitFor(() => expect(next.begun).toBe(true));
  clearInterval(taking);
  expect([slow.response.destroyed, fast.response.destroyed]).toEqual([true, false]);
});

it('many short answers do not wait, and are cut if nobody takes them', async () => {
  const room = roomOf(10 * MB);
  const many = Array.from({ length: 100 }, () => held(room, MB / 2));
  await waitFor(() => expect(many.every(({ begun }) => begun)).toBe(true));
  await waitFor(() => expect(room.bytes).toBeLessThanOrEqual(10 * MB));
});

it('an answer that is longer than the room is sent when no other is held, and one whose client has left frees its place', async () => {
  const room = roomOf(10 * MB, NEVER);
  const first = held(room, 2 * MB);
  const long = held(room, 50 * MB);
  const next = held(room, 2 * MB);
  first.response.close();
  await waitFor(() => expect(long.begun).toBe(true));
  expect(next.begun).toBe(false);
  long.response.close();
  await waitFor(() => expect(next.begun).toBe(true));
});

it('long answers are made one at a time', async () => {
  const room = roomOf(MB);
  const leave = await room.enter();
  let isIn = false;
  const second = room.enter().then((leaveAgain) => {
    isIn = true;
    leaveAgain();
  });
  await Promise.resolve();
  expect(isIn).toBe(false);
  leave();
  await second;
  expect(isIn).toBe(true);
});
