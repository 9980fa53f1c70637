import { expect, it } from 'vitest';
import { isCutEvent } from './cut-event.js';
import { decodeEvent, encodeEvent } from './decode-event.js';
import { createEventReader } from './event-reader.js';
import { encodeFrame } from './frame.js';
import type { FrameGap } from './frame-reader.js';

/** The decoder is the reference. */
function isRead(bytes: Uint8Array): boolean {
  try {
    decodeEvent(bytes);
    return true;
  } catch {
    return false;
  }
}

it.each([
  ['a field of an unknown type', [0x0f]],
  ['a field with number 0', [0x00, 0x01]],
  ['half of a number', [0x10, 0xff]],
  ['a number of eleven bytes', [0x10, ...Array<number>(10).fill(0xff), 0x01]],
  ['half of a time', [0x09, 1, 2, 3]],
  ['a text that claims more than there is', [0x1a, 0x7f]],
  ['a summary that claims more than there is', [0x2a, 0x7f]],
  ['a value that claims more than its summary', [0x2a, 0x02, 0x0a, 0x7f]],
  ['a tag that claims more than its value', [0x2a, 0x04, 0x0a, 0x02, 0x0a, 0x7f]],
  ['half of a scalar', [0x2a, 0x05, 0x0a, 0x03, 0x15, 1, 2]],
  [
    'a plugin that claims more than its metadata',
    [0x2a, 0x08, 0x0a, 0x06, 0x4a, 0x04, 0x0a, 0x02, 0x0a, 0x7f],
  ],
  ['a session that claims more than there is', [0x3a, 0x01, 0x08]],
  ['a group without an end', [0x0b, 0x10, 0x01]],
  ['a group with another end', [0x0b, 0x14]],
  ['too many groups', Array<number>(101).fill(0x0b)],
  ['half of a tensor', [0x2a, 0x05, 0x0a, 0x03, 0x42, 0x01, 0xff]],
  ['half of an axis', [0x2a, 0x0b, 0x0a, 0x09, 0x42, 0x07, 0x12, 0x05, 0x12, 0x03, 0x08, 0xff, 0xff]],
])('%s is no event', (_, bytes) => {
  expect(isRead(Uint8Array.from(bytes))).toBe(false);
  expect(isCutEvent(Uint8Array.from(bytes))).toBe(true);
});

it.each([
  ['nothing', []],
  ['a group with its end', [0x0b, 0x10, 0x01, 0x0c]],
  ['half of a tensor before a scalar', [0x2a, 0x0a, 0x0a, 0x08, 0x42, 0x01, 0xff, 0x15, 1, 2, 3, 4]],
])('%s may be an event', (_, bytes) => {
  expect(isRead(Uint8Array.from(bytes))).toBe(true);
  expect(isCutEvent(Uint8Array.from(bytes))).toBe(false);
});

it('nothing that can be read is called cut, of all events of two bytes and all that differ in one byte from a scalar', () => {
  const scalar = encodeEvent({ kind: 'scalar', tag: 'loss', step: 300, wallTime: 1.5, value: 2 });
  const all = [new Uint8Array(0), scalar];
  for (let bytes = 0; bytes < 2 ** 16; bytes++) all.push(Uint8Array.of(bytes & 255, bytes >> 8));
  for (let at = 0; at < scalar.length; at++)
    for (let byte = 0; byte < 256; byte++) all.push(scalar.with(at, byte));
  for (let length = 0; length < scalar.length; length++) all.push(scalar.slice(0, length));
  const cut = all.filter(isCutEvent);
  expect(cut.filter(isRead)).toEqual([]);
  // Most of those that cannot be read are found.
  expect(cut.length).toBeGreaterThan(0.9 * all.filter((bytes) => !isRead(bytes)).length);
});

it('records that hold no event are the same gaps when no reason is wanted any more', () => {
  const bad = encodeFrame(Uint8Array.of(0x0f));
  const good = encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step: 1, wallTime: 1, value: 2 }));
  const odd = encodeFrame(Uint8Array.of(0x2a, 0x04, 0x0a, 0x02, 0x0a, 0x7f));
  const file = [bad, bad, good, bad, odd, odd, good, bad];
  const read = (wantsReason: () => boolean) => {
    const gaps: FrameGap[] = [];
    const events: number[] = [];
    const reader = createEventReader({
      onEvent: (_event, _data, offset) => events.push(offset),
      onGap: (gap) => gaps.push(gap),
      wantsReason,
    });
    for (const frame of file) reader.push(frame);
    return { gaps, events };
  };
  const withReasons = read(() => true);
  const without = read(() => false);
  expect(without.events).toEqual(withReasons.events);
  const places = (gaps: readonly FrameGap[]) => gaps.map(({ offset, length }) => [offset, length]);
  expect(places(without.gaps)).toEqual(places(withReasons.gaps));
  expect(withReasons.gaps).toHaveLength(6);
  expect(new Set(without.gaps.map(({ reason }) => reason))).toContain('The record holds no event.');
  expect(new Set(withReasons.gaps.map(({ reason }) => reason))).not.toContain('The record holds no event.');
});
