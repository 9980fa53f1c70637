import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countInOneRequest, EventsReader, eventHead } from './events.js';
import { EVENTS_LIMITS } from './limits.js';

const place = (length: number) => ({ file: 0, offset: 0, length });

function answerOf(events: readonly (Uint8Array | undefined)[]): Uint8Array {
  return Uint8Array.from(events.flatMap((event) => [...eventHead(event?.length), ...(event ?? [])]));
}

test('events are read from pieces of any size', () => {
  const event = fc.option(fc.uint8Array({ maxLength: 40, minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(event), fc.integer({ min: 1, max: 50 }), (events, size) => {
      const reader = new EventsReader(events.map((one) => place(one?.length ?? 7)));
      const answer = answerOf(events);
      const read: (Uint8Array | undefined)[] = [];
      for (let at = 0; at < answer.length; at += size)
        read.push(...reader.push(answer.subarray(at, at + size)));
      expect(read).toEqual(events);
      expect(reader.isComplete).toBe(true);
    }),
  );
});

test('each event has a buffer of its own, which can be handed to a worker', () => {
  const reader = new EventsReader([place(2), place(3)]);
  const [first, second] = reader.push(answerOf([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)]));
  expect([first?.buffer.byteLength, second?.buffer.byteLength]).toEqual([2, 3]);
});

test('an answer that ends early is not complete', () => {
  const reader = new EventsReader([place(2), place(3)]);
  reader.push(answerOf([Uint8Array.of(1, 2)]));
  expect(reader.isComplete).toBe(false);
});

test('an event of another length, or one too many, is refused', () => {
  expect(() => new EventsReader([place(3)]).push(answerOf([Uint8Array.of(1, 2)]))).toThrow(RangeError);
  expect(() => new EventsReader([]).push(answerOf([undefined]))).toThrow(RangeError);
});

test('a request asks for as many events as its limits allow, and for one at least', () => {
  const { events, answerBytes } = EVENTS_LIMITS;
  expect(countInOneRequest([])).toBe(0);
  expect(countInOneRequest(Array.from({ length: events + 5 }, () => place(10)))).toBe(events);
  expect(countInOneRequest([place(answerBytes), place(1)])).toBe(1);
  expect(countInOneRequest([place(answerBytes + 1), place(1)])).toBe(1);
});
