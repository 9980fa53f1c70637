/** Files that are still being written, and what a reader waits for in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WORK_PER_BYTE } from '../testing/fuzz/frame-target.js';
import { encodeFrame } from './frame.js';
import { createFrameReader, type FrameGap } from './frame-reader.js';
import { expected, fileOf, join, read, repeated, split } from './testing/damaged-files.js';

describe('a file that is being written', () => {
  const bytes = fileOf('control-undamaged');

  it('yields the complete events of every prefix and no gap', () => {
    for (const prefix of expected.growing.prefixes) {
      const { events, gaps } = read([bytes.subarray(0, prefix.bytes)]);
      expect([prefix.bytes, events.length, gaps]).toEqual([prefix.bytes, prefix.events, []]);
    }
  });

  it('continues after finish() as if it had not been called', () => {
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const offsets: number[] = [];
      const gaps: FrameGap[] = [];
      const reader = createFrameReader({
        onEvent: (_, offset) => offsets.push(offset),
        onGap: (gap) => gaps.push(gap),
      });
      reader.push(bytes.subarray(0, cut));
      reader.finish();
      reader.push(bytes.subarray(cut));
      reader.finish();
      expect(offsets).toEqual(expected.base_events.map((event) => event.offset));
      expect(gaps).toEqual([]);
    }
  });

  it('reports damage at its end once, and later only the new part', () => {
    const gaps: FrameGap[] = [];
    const offsets: number[] = [];
    const reader = createFrameReader({
      onEvent: (_, offset) => offsets.push(offset),
      onGap: (gap) => gaps.push(gap),
    });
    reader.push(new Uint8Array(100));
    reader.finish();
    reader.finish();
    expect(gaps.map(({ offset, length }) => [offset, length])).toEqual([[0, 100]]);
    reader.push(new Uint8Array(50));
    reader.push(encodeFrame(new Uint8Array([1, 2, 3])));
    expect(gaps.map(({ offset, length }) => [offset, length])).toEqual([
      [0, 100],
      [100, 50],
    ]);
    expect(offsets).toEqual([150]);
  });

  it('can be read by several readers in turn, wherever each stops', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(expected.cases)),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }),
        (name, sizes) => {
          const file = fileOf(name);
          const whole = read([file]);
          const offsets: number[] = [];
          const gaps: FrameGap[] = [];
          const options = {
            maxRecordBytes: 1 << 20,
            onEvent: (_: Uint8Array, offset: number) => offsets.push(offset),
            onGap: (gap: FrameGap) => gaps.push(gap),
          };
          let reader = createFrameReader(options);
          for (let at = 0, turn = 0; at < file.length; turn++) {
            const size = sizes[turn % sizes.length]!;
            reader.push(file.subarray(at, at + size));
            at = Math.min(file.length, at + size);
            const place = reader.place!;
            // The next one reads again what was not decided.
            reader = createFrameReader({ ...options, from: place });
            if (at < file.length || place.offset < at) reader.push(file.subarray(place.offset, at));
          }
          reader.finish();
          expect(offsets).toEqual(whole.events.map(({ offset }) => offset));
          expect(gaps).toEqual(whole.gaps);
        },
      ),
    );
  });

  it('can be read from the start of any frame', () => {
    const offsets: number[] = [];
    const from = expected.base_events[7]!.offset;
    const reader = createFrameReader({
      from: { offset: from },
      onEvent: (_, offset) => offsets.push(offset),
      onGap: () => {},
    });
    reader.push(bytes.subarray(from));
    expect(offsets).toEqual(expected.base_events.slice(7).map((event) => event.offset));
    expect(reader.offset).toBe(bytes.length);
  });
});

describe('a torn record', () => {
  const torn = encodeFrame(new Uint8Array(200_000).fill(9)).subarray(0, 20_000);
  const later = Array.from({ length: 1000 }, (_, index) => encodeFrame(new Uint8Array(20).fill(index)));

  it('hides none of the records behind it once the file is quiet, nor does a second one', () => {
    const file = join([...later, torn, ...later, torn, ...later]);
    const { events, gaps, reader } = read([file], 1 << 20);
    expect(events.length).toBe(3000);
    expect(gaps.map(({ length }) => length)).toEqual([20_000, 20_000]);
    expect(reader.pendingBytes).toBe(0);
  });

  it('hides none of them in a file that is never quiet, when the caller asks', () => {
    const offsets: number[] = [];
    const gaps: FrameGap[] = [];
    const reader = createFrameReader({
      onEvent: (_, offset) => offsets.push(offset),
      onGap: (gap) => gaps.push(gap),
    });
    reader.push(join([torn, new Uint8Array(7)]));
    reader.lookBehind();
    expect([offsets, gaps, reader.waitsAt]).toEqual([[], [], 0]);
    reader.push(later[0]!);
    reader.lookBehind();
    expect(offsets).toEqual([20_007]);
    expect(gaps).toMatchObject([{ offset: 0, length: 20_007 }]);
    reader.push(later[1]!);
    expect(offsets).toHaveLength(2);
  });

  it('is waited for as long as no intact record follows, and is delivered when it is complete', () => {
    const whole = encodeFrame(Uint8Array.from({ length: 5000 }, (_, at) => at * 7));
    const { events, gaps } = read(split(whole, () => 1000));
    expect([events.length, gaps]).toEqual([1, []]);
    const offsets: number[] = [];
    const reader = createFrameReader({
      onEvent: (_, offset) => offsets.push(offset),
      onGap: (gap) => expect.fail(gap.reason),
    });
    for (const part of split(whole, () => 600)) {
      expect(offsets).toEqual([]);
      reader.push(part);
      reader.finish();
      reader.lookBehind();
    }
    expect(offsets).toEqual([0]);
  });

  it('is looked behind with work that grows with the file only, however often', () => {
    const claim = encodeFrame(new Uint8Array(1 << 20)).subarray(0, 12);
    const reader = createFrameReader({ onEvent: () => {}, onGap: () => {} });
    let pushed = 0;
    for (const part of split(repeated(claim, 1 << 18), () => 1 << 15)) {
      reader.push(part);
      reader.lookBehind();
      for (let more = 0; more < 20; more++) {
        reader.push(claim);
        reader.finish();
      }
      pushed += part.length + 240;
    }
    expect(reader.work).toBeLessThan(10 * WORK_PER_BYTE * pushed);
  });
});

describe('a reader that holds little', () => {
  const holdBytes = 100;
  /** Reads what the reader wants, as if the file grew by `step` bytes at a time. */
  const readWanted = (file: Uint8Array, step: number) => {
    const offsets: number[] = [];
    const gaps: FrameGap[] = [];
    const wantedMost: number[] = [];
    const reader = createFrameReader({
      holdBytes,
      onEvent: (_, offset) => offsets.push(offset),
      onGap: (gap) => gaps.push(gap),
    });
    const drain = (size: number) => {
      for (let wanted = reader.next(size); wanted !== null; wanted = reader.next(size)) {
        const part = file.slice(wanted.offset, wanted.offset + Math.max(wanted.length, Math.min(step, 500)));
        wantedMost.push(wanted.length);
        reader.push(part.subarray(0, size - wanted.offset));
        expect(reader.pendingBytes).toBeLessThanOrEqual(holdBytes);
      }
    };
    for (let size = step; size < file.length + step; size += step) drain(Math.min(size, file.length));
    reader.finish(file.length);
    drain(file.length);
    return {
      offsets,
      gaps,
      wantedMost: Math.max(...wantedMost),
      bytes: wantedMost.reduce((a, b) => a + b, 0),
    };
  };
  const large = encodeFrame(new Uint8Array(50_000).fill(3));
  const small = Array.from({ length: 40 }, (_, index) => encodeFrame(new Uint8Array(30).fill(index)));

  it('wants a long record in one piece, once all of it is there', () => {
    const file = join([...small, large, ...small, large]);
    for (const step of [1000, 7000, 200_000]) {
      const { offsets, gaps, wantedMost, bytes } = readWanted(file, step);
      expect([offsets.length, gaps]).toEqual([82, []]);
      expect(wantedMost).toBeLessThan(large.length + 100);
      expect(bytes).toBeLessThan(2.2 * file.length);
    }
  });

  it('looks behind a torn record without holding it', () => {
    const file = join([small[0]!, large.subarray(0, 30_000), ...small, large.subarray(0, 40_000)]);
    for (const step of [900, 200_000]) {
      const { offsets, gaps } = readWanted(file, step);
      expect(offsets).toHaveLength(41);
      expect(gaps.map(({ offset, length }) => [offset, length])).toEqual([[46, 30_000]]);
    }
  });

  it('wants nothing of a record that is never completed', () => {
    const reader = createFrameReader({ holdBytes, onEvent: () => {}, onGap: () => {} });
    reader.push(large.subarray(0, 20_000));
    expect([reader.offset, reader.pendingBytes]).toEqual([0, 0]);
    expect(reader.next(40_000)).toBeNull();
    expect(reader.next(large.length)).toEqual({ offset: 0, length: large.length });
  });
});
