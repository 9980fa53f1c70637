import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEnd, RunRecord } from '../run-record.js';
import { createEventDecoder, decodeEvent, encodeEvent, encodeFileVersion } from './decode-event.js';
import { encodeFrame } from './frame.js';
import { encodeTensor } from './tensor-proto.js';
import { records } from './testing/any-record.js';
import { WireWriter } from './wire-writer.js';

describe('a decoded record equals the encoded one', () => {
  for (const [kind, arbitrary] of Object.entries(records)) {
    it(kind, () => {
      fc.assert(
        fc.property(arbitrary, (record) => {
          const data = encodeEvent(record);
          for (const event of [decodeEvent(data), createEventDecoder().decodeEvent(data)]) {
            expect(event.values.length).toBe(1);
            const value = event.values[0]!;
            expect([value.kind, value.tag, event.step, event.wallTime]).toEqual([
              record.kind,
              record.tag,
              record.step,
              record.wallTime,
            ]);
            expect(value.toRecord()).toEqual(record);
            if (record.kind === 'scalar') expect(value.scalar).toBe(record.value);
          }
          const told = decodeEvent(data, { kindOf: () => record.kind }).values[0]!;
          expect(told.kind).toBe(record.kind);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('of an unknown plugin, with its bytes unchanged', () => {
    const value = new WireWriter();
    value.string(1, 'sound');
    value.message(9, () => value.message(1, () => value.string(1, 'audio')));
    value.bytes(6, new Uint8Array([1, 2, 3]));
    const record: RunRecord = {
      kind: 'other',
      tag: 'sound',
      step: 3,
      wallTime: 1,
      plugin: 'audio',
      content: value.finish(),
    };
    expect(decodeEvent(encodeEvent(record)).values[0]!.toRecord()).toEqual(record);
  });
});

describe('encoded frames and events', () => {
  interface Vector {
    name: string;
    wall_time: number;
    step: number;
    values: { tag: string; simple_value?: number | string }[];
    event_hex: string;
    record_hex: string;
  }
  const { records: vectors }: { records: Vector[] } = JSON.parse(
    readFileSync(new URL('./fixtures/writer/records.json', import.meta.url), 'utf8'),
  );
  const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
  const unhex = (data: string) => new Uint8Array(Buffer.from(data, 'hex'));

  for (const vector of vectors) {
    it(`match the reference library's frame and values: ${vector.name}`, () => {
      expect(hex(encodeFrame(unhex(vector.event_hex)))).toBe(vector.record_hex);
      const event = decodeEvent(unhex(vector.event_hex));
      expect([event.wallTime, event.step]).toEqual([vector.wall_time, vector.step]);
      expect(event.values.map((value) => value.tag)).toEqual(vector.values.map((value) => value.tag));
      for (const [index, { simple_value }] of vector.values.entries()) {
        if (simple_value !== undefined) expect(event.values[index]!.scalar).toBe(Number(simple_value));
      }
    });

    const only = vector.values[0];
    if (vector.values.length === 1 && only?.simple_value !== undefined) {
      it(`match the reference library's event byte for byte: ${vector.name}`, () => {
        const { wall_time: wallTime, step } = vector;
        const record: RunRecord = {
          kind: 'scalar',
          tag: only.tag,
          step,
          wallTime,
          value: Number(only.simple_value),
        };
        expect(hex(encodeEvent(record))).toBe(vector.event_hex);
      });
    }
  }

  it('begin with the file version that TensorBoard expects', () => {
    const vector = vectors.find(({ name }) => name === 'file_version')!;
    expect(hex(encodeFileVersion(vector.wall_time))).toBe(vector.event_hex);
    expect(decodeEvent(encodeFileVersion(3))).toEqual({
      wallTime: 3,
      step: 0,
      fileVersion: 'brain.Event:2',
      values: [],
    });
  });
});

describe('encodeEvent refuses', () => {
  const at = { tag: 'x', step: 1, wallTime: 1 };
  it('a gap', () => {
    const gap: RunRecord = { kind: 'gap', ...at, file: 'f', offset: 0, length: 1, reason: 'why' };
    expect(() => encodeEvent(gap)).toThrow('never written');
  });
  it('a step that is not an int64', () => {
    for (const step of [0.5, NaN, 2 ** 53, 2n ** 63n]) {
      expect(() => encodeEvent({ kind: 'scalar', ...at, step, value: 1 })).toThrow(
        'A step must be a 64-bit integer',
      );
    }
  });
  it('a histogram whose length is not a multiple of three', () => {
    expect(() => encodeEvent({ kind: 'histogram', ...at, buckets: new Float64Array(4) })).toThrow(
      '4 numbers',
    );
  });
  it('a text whose strings do not fit its shape', () => {
    expect(() => encodeEvent({ kind: 'text', ...at, strings: ['a'], shape: [2] })).toThrow(
      'cannot hold 1 strings',
    );
  });
  it('a run end with a number that JSON cannot represent', () => {
    const end: RunEnd = { version: 1, reason: 'completed', seconds: NaN };
    expect(() => encodeEvent({ kind: 'run-end', ...at, end })).toThrow("The run's end cannot be written");
  });
});

describe('damaged events', () => {
  const sample = fc.oneof(...Object.values(records));

  it('throw nothing but MalformedEventError, whatever bytes are changed or cut', () => {
    fc.assert(
      fc.property(
        sample,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (record, flips, cut) => {
          const data = encodeEvent(record);
          for (const [place, value] of flips) data[place % data.length] = value;
          const shortened = data.subarray(0, data.length - (cut % 10));
          try {
            for (const value of createEventDecoder().decodeEvent(shortened).values) value.toRecord();
          } catch (error) {
            expect((error as Error).name).toBe('MalformedEventError');
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('say what is wrong', () => {
    expect(() => decodeEvent(new Uint8Array([0x2a, 0x7f, 1]))).toThrow(
      'Field 5 of the event claims 127 bytes and 1 are left.',
    );
    expect(() => decodeEvent(new Uint8Array([9, 1, 2]))).toThrow('The event ends inside a value of 8 bytes');
    expect(() => decodeEvent(new Uint8Array([0x0f]))).toThrow('wire type 7');
  });
});

describe('the tags that a decoder remembers', () => {
  const event = (tag: string, plugin: string | undefined): Uint8Array => {
    const tensor = encodeTensor('float32', [], [1]);
    const writer = new WireWriter();
    writer.message(5, () =>
      writer.message(1, () => {
        writer.string(1, tag);
        if (plugin !== undefined) writer.message(9, () => writer.message(1, () => writer.string(1, plugin)));
        writer.bytes(8, tensor);
      }),
    );
    return writer.finish();
  };

  it('keep the plugin that their first event states', () => {
    const decoder = createEventDecoder();
    expect(decoder.decodeEvent(event('a', 'scalars')).values[0]!.kind).toBe('scalar');
    expect(decoder.decodeEvent(event('a', undefined)).values[0]!.kind).toBe('scalar');
    expect(decoder.decodeEvent(event('b', undefined)).values[0]!.kind).toBe('tensor');
  });

  it('are bounded; the values of further tags are read as plain tensors', () => {
    const decoder = createEventDecoder({ maxTags: 2 });
    for (const tag of ['a', 'b', 'c']) decoder.decodeEvent(event(tag, 'scalars'));
    const kinds = ['a', 'b', 'c'].map((tag) => decoder.decodeEvent(event(tag, undefined)).values[0]!.kind);
    expect(kinds).toEqual(['scalar', 'scalar', 'tensor']);
  });

  it('are not needed if the caller knows the kind of the tag', () => {
    const alone = (kind: 'scalar' | 'other' | 'tensor') =>
      decodeEvent(event('a', undefined), { kindOf: () => kind }).values[0]!.kind;
    expect([alone('scalar'), alone('other'), alone('tensor')]).toEqual(['scalar', 'other', 'tensor']);
  });
});
