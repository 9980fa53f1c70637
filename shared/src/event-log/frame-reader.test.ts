import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WORK_PER_BYTE } from '../testing/fuzz/frame-target.js';
import { createEventDecoder } from './decode-event.js';
import { encodeFrame } from './frame.js';
import { createFrameReader, type FrameGap } from './frame-reader.js';
import { expected, fileOf, join, read, repeated, split } from './testing/damaged-files.js';

/** A description that identifies an event of the base file. */
function describeEvent(data: Uint8Array): string {
  const event = createEventDecoder().decodeEvent(data);
  const value = event.values[0];
  return [event.wallTime, event.step, event.fileVersion, value?.tag, value?.scalar].join(' ');
}
const describeBase = (index: number): string => {
  const base = expected.base_events[index]!;
  return [base.wall_time, base.step, base.file_version, base.tag, base.value].join(' ');
};

/** The records that a file holds besides the base records: index in the list of events, and description. */
const EXTRA: Record<string, { at: number; is: string }> = {
  'record-twice': { at: 6, is: describeBase(5) },
  'not-an-event': { at: 5, is: 'no event' },
  'empty-record': { at: 5, is: '0 0   ' },
  'second-file-version': { at: 5, is: '' },
  'embedded-records': { at: 5, is: '' },
};

/** The expected gaps, as [offset, length] derived from the layout of the base file. */
const at = (index: number) => expected.base_events[index]!.offset;
const GAPS: Record<string, [number, number][]> = {
  'flip-data': [[at(5), at(6) - at(5)]],
  'flip-data-crc': [[at(5), at(6) - at(5)]],
  'flip-length-small': [[at(5), at(6) - at(5)]],
  'flip-length-large': [[at(5), at(6) - at(5)]],
  'flip-length-crc': [[at(5), at(6) - at(5)]],
  'flip-length-shorter': [[at(10), at(11) - at(10)]],
  'flip-in-image': [[at(10), at(11) - at(10)]],
  'flip-first-record': [[0, at(1)]],
  'flip-two': [
    [at(5), at(6) - at(5)],
    [at(11), at(12) - at(11)],
  ],
  'flip-last': [[at(19), 1541 - at(19)]],
  'zero-tail': [[at(17), 2318 - at(17)]],
  'zero-tail-mid-record': [[at(17), 4096 - at(17)]],
  'zero-tail-appended': [[1541, 4096]],
  'zero-hole': [[at(5), at(8) - at(5)]],
  'zero-tail-then-more': [[at(5), 512]],
  'garbage-inserted': [[at(5), 333]],
  'garbage-appended': [[1541, 333]],
  'text-inserted': [[at(5), 35]],
  'byte-removed': [[at(5), at(6) - at(5) - 1]],
  garbage: [[0, 5000]],
  'garbage-zeros': [[0, 3000]],
  'garbage-text': [[0, 1520]],
  'length-2e40-valid-crc': [[at(5), 12]],
  'length-2e40-bad-crc': [[at(5), 12]],
  'length-2e64-1-valid-crc': [[at(5), 12]],
  'length-2e40-at-end': [[1541, 15]],
};

describe('a damaged file yields every intact record and a gap for the rest', () => {
  for (const [name, damage] of Object.entries(expected.cases)) {
    it(name, () => {
      const bytes = fileOf(name);
      expect(bytes.length).toBe(damage.bytes);
      const { events, gaps } = read([bytes]);
      const found = events.map(({ data }) => {
        try {
          return describeEvent(data);
        } catch {
          return 'no event';
        }
      });
      const wanted = [...damage.readable_before_first_damage, ...damage.readable_after_resync_only].map(
        describeBase,
      );
      const extra = EXTRA[name];
      if (extra !== undefined) {
        const [inserted] = found.splice(extra.at, 1);
        if (extra.is !== '') expect(inserted).toBe(extra.is);
        if (name === 'embedded-records') expect(inserted).toContain(' 99 ');
      }
      expect(found).toEqual(wanted);
      expect(gaps.map((gap) => [gap.offset, gap.length])).toEqual(GAPS[name] ?? []);
      for (const gap of gaps) expect(gap.reason).toMatch(/^[A-Z].*\.$/);
    });

    it(`${name}, however it is split`, () => {
      const bytes = fileOf(name);
      const whole = read([bytes]);
      const check = (stretches: Iterable<Uint8Array>) => {
        const parts = read(stretches);
        expect(parts.events).toEqual(whole.events);
        expect(parts.gaps).toEqual(whole.gaps);
      };
      check(split(bytes, () => 1));
      for (const seed of [1, 2, 3]) check(split(bytes, (place) => 1 + ((place * 2654435761 * seed) % 97)));
    });
  }
});

it('completes the record that two pushes share, and reads what follows it where it lies', () => {
  const bytes = fileOf('control-undamaged');
  for (let cut = 1; cut < 200; cut++) {
    const second = bytes.slice(cut);
    const buffers: ArrayBufferLike[] = [];
    const reader = createFrameReader({ onEvent: ({ buffer }) => buffers.push(buffer), onGap: () => {} });
    reader.push(bytes.slice(0, cut));
    buffers.length = 0;
    reader.push(second);
    expect(buffers.filter((buffer) => buffer !== second.buffer).length).toBeLessThanOrEqual(1);
    expect(buffers.length).toBeGreaterThan(3);
  }
});

const frames = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 });

describe('records within damaged records', () => {
  const inner = [encodeFrame(new Uint8Array(20).fill(7)), encodeFrame(new Uint8Array(30).fill(8))];
  const outer = encodeFrame(join([new Uint8Array(9).fill(3), ...inner, new Uint8Array(5).fill(4)]));
  const next = encodeFrame(new Uint8Array([1, 2, 3]));

  it('are skipped if only a bit of the outer record is wrong', () => {
    const damaged = outer.slice();
    damaged[14]! ^= 1;
    const { events, gaps } = read([join([damaged, next])]);
    expect(events.map((event) => event.offset)).toEqual([outer.length]);
    expect(gaps).toMatchObject([{ offset: 0, length: outer.length }]);
  });

  it('are found if a writer restarted behind an unfinished record', () => {
    const torn = encodeFrame(new Uint8Array(500).fill(9)).subarray(0, 200);
    const offsets: number[] = [];
    const gaps: FrameGap[] = [];
    const reader = createFrameReader({
      onEvent: (_, offset) => offsets.push(offset),
      onGap: (gap) => gaps.push(gap),
    });
    reader.push(join([torn, ...inner, next]));
    // There are fewer bytes than the torn record claims, so it may still be being written.
    expect([offsets, gaps]).toEqual([[], []]);
    // Until the file is quiet.
    reader.finish();
    expect(offsets).toEqual([200, 236, 282]);
    expect(gaps).toMatchObject([
      { offset: 0, length: 200, reason: expect.stringMatching(/never completed/) },
    ]);
    const more = Array.from({ length: 30 }, (_, index) => encodeFrame(new Uint8Array(12).fill(index)));
    const later = read([join([torn, ...inner, next, ...more])]);
    expect(later.events.length).toBe(33);
    expect(later.gaps).toMatchObject([{ offset: 0, length: 200 }]);
  });

  it('do not end a record that is completed while nobody takes the file for quiet', () => {
    const { events, gaps } = read([outer.subarray(0, 60), outer.subarray(60), next]);
    expect(events.map((event) => event.offset)).toEqual([0, outer.length]);
    expect(gaps).toEqual([]);
  });
});

describe('any bytes at all', () => {
  it('never throw; every byte ends up in an event, in a gap or pending', () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        (data, flips, cut) => {
          const bytes = join(data.map(encodeFrame));
          for (const [place, value] of flips) bytes[place % bytes.length] = value;
          const shortened = bytes.subarray(0, bytes.length - (cut % 20));
          const { events, gaps, reader } = read(split(shortened, (place) => 1 + ((place * 31 + cut) % 23)));
          const pieces = [
            ...events.map((event) => ({ offset: event.offset, length: event.data.length + 16 })),
            ...gaps,
          ].sort((a, b) => a.offset - b.offset);
          let end = 0;
          for (const piece of pieces) {
            expect(piece.offset).toBe(end);
            end += piece.length;
          }
          expect(shortened.length - end).toBeGreaterThanOrEqual(0);
          expect(shortened.length - end).toBeLessThanOrEqual(reader.pendingBytes);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('hide no intact record before, between or after random garbage', () => {
    fc.assert(
      fc.property(frames, fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (data, garbage, cut) => {
        const before = data.map(encodeFrame);
        const place = cut % (before.length + 1);
        const bytes = join([...before.slice(0, place), garbage, ...before.slice(place)]);
        const { events } = read([bytes]);
        expect(events.map((event) => event.data)).toEqual(data);
      }),
      { numRuns: 400 },
    );
  });

  it('take no more memory than the pending record, whatever length a header claims', () => {
    const header = encodeFrame(new Uint8Array(900)).subarray(0, 100);
    const { reader } = read([header], 1000);
    expect(reader.pendingBytes).toBe(100);
    const tooLong = read([encodeFrame(new Uint8Array(1001))], 1000);
    expect(tooLong.events).toEqual([]);
    expect(tooLong.reader.pendingBytes).toBeLessThan(12);
    expect(tooLong.gaps[0]?.reason).toContain('claims 1001 bytes, more than the limit of 1000');
  });

  it('are searched with work that does not grow with the lengths in false headers', () => {
    const last = encodeFrame(new Uint8Array([5, 5, 5]));
    for (const length of [20, 60_000, 65_001, 1 << 20]) {
      const claim = encodeFrame(new Uint8Array(length)).subarray(0, 12);
      const tiny = encodeFrame(new Uint8Array(1));
      // Overlapping headers with valid checksums; the same with intact records between; and records whose data are wrong.
      for (const pattern of [claim, join([claim, tiny]), join([claim, new Uint8Array(length)])]) {
        const bytes = join([
          new Uint8Array(12).fill(1),
          repeated(pattern, 1 << 17),
          last,
          new Uint8Array(1 << 17),
        ]);
        let newest = 0;
        const reader = createFrameReader({
          maxRecordBytes: 1 << 20,
          onEvent: (data) => {
            newest = data[0]!;
          },
          onGap: () => {},
        });
        reader.push(bytes);
        reader.finish();
        expect(newest).toBe(5);
        expect(reader.work).toBeLessThan(WORK_PER_BYTE * bytes.length);
      }
    }
  });

  it('name no byte twice where a record begins in the last bytes of a file that was quiet', () => {
    const record = encodeFrame(Uint8Array.of(1, 2, 3));
    for (let cut = 1; cut < 12; cut++) {
      const events: [number, number][] = [];
      const gaps: [number, number][] = [];
      const reader = createFrameReader({
        onEvent: (_, offset, length) => events.push([offset, length + 16]),
        onGap: ({ offset, length }) => gaps.push([offset, length]),
      });
      reader.push(join([new Uint8Array(50).fill(0xaa), record.subarray(0, cut)]));
      reader.finish();
      reader.push(join([record.subarray(cut), record]));
      reader.finish();
      const pieces = [...events, ...gaps].sort(([a], [b]) => a - b);
      expect(pieces.reduce((end, [offset, length]) => (offset === end ? end + length : Number.NaN), 0)).toBe(
        88,
      );
      // Five bytes of a header are told from damage.
      if (cut >= 5) expect(events).toHaveLength(2);
    }
  });
});
