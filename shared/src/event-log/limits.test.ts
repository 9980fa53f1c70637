import { describe, expect, it } from 'vitest';
import type { RecordOf } from '../run-record.js';
import { runStart } from '../testing/run-start.js';
import { decodeEvent, encodeEvent } from './decode-event.js';
import {
  DESCRIPTION_BYTES,
  END_TEXT_CHARACTERS,
  EVENT_VALUES,
  GROUP_LEVELS,
  HPARAMS,
  REASON_CHARACTERS,
  TAG_BYTES,
  TENSOR_STRINGS,
} from './limits.js';
import { MalformedEventError } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

function written(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  write(writer);
  return writer.finish();
}

/** An event with a summary of one value. */
const eventOf = (write: (writer: WireWriter) => void): Uint8Array =>
  written((writer) => writer.message(5, () => writer.message(1, () => write(writer))));

/** An event of a text value whose plugin content has the field. */
const runFrame = (field: number, json: string): Uint8Array =>
  eventOf((writer) => {
    writer.string(1, 'convscope/run');
    writer.message(9, () =>
      writer.message(1, () => {
        writer.string(1, 'text');
        writer.message(2, () => writer.string(field, json));
      }),
    );
    writer.message(8, () => {
      writer.varint(1, 7);
      writer.string(8, 'x');
    });
  });
const startOf = (json: string) => () => decodeEvent(runFrame(2001, json)).values[0]!.toRecord();

/** What is thrown, which must be declared and short. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedEventError);
    const { message } = error as Error;
    expect(message.length).toBeLessThanOrEqual(REASON_CHARACTERS);
    return message;
  }
  return expect.fail('nothing was thrown');
}

describe('an event', () => {
  it('of millions of values is refused, be they empty, and of values without content holds none', () => {
    const values = (value: readonly number[], count: number) =>
      written((writer) =>
        writer.bytes(
          5,
          Uint8Array.from({ length: count * value.length }, (_, at) => value[at % value.length]!),
        ),
      );
    const scalar = [0x0a, 5, 0x15, 0, 0, 0, 0];
    expect(decodeEvent(values(scalar, EVENT_VALUES)).values).toHaveLength(EVENT_VALUES);
    expect(refusal(() => decodeEvent(values(scalar, 500_000)))).toContain(`more than ${EVENT_VALUES} values`);
    expect(decodeEvent(values([0x0a, 0], EVENT_VALUES)).values).toEqual([]);
    const empty = values([0x0a, 0], 2_000_000);
    expect(refusal(() => decodeEvent(empty))).toContain(`more than ${EVENT_VALUES} values`);
    expect(
      refusal(() => decodeEvent(new Uint8Array(2_000_000).map((_, at) => (at % 2 ? 0 : 0x22)))),
    ).toContain('graphs');
  });

  it('has tags up to the limit, which are read as they are', () => {
    const tagged = (tag: string) => encodeEvent({ kind: 'scalar', tag, step: 1, wallTime: 1, value: 2 });
    const long = 'é'.repeat(TAG_BYTES / 2);
    expect(decodeEvent(tagged(long)).values[0]!.tag).toBe(long);
    expect(refusal(() => decodeEvent(tagged(`${long}x`)))).toContain(`more than the limit of ${TAG_BYTES}`);
  });

  it('has groups on a limited number of levels', () => {
    const groups = (levels: number) => new Uint8Array(2 * levels).map((_, at) => (at < levels ? 0x0b : 0x0c));
    expect(decodeEvent(groups(GROUP_LEVELS)).values).toEqual([]);
    expect(refusal(() => decodeEvent(groups(5_000_000)))).toContain('levels');
  });

  it('has a limited number of strings and hyperparameters', () => {
    const strings = eventOf((writer) => {
      writer.string(1, 'a');
      writer.message(9, () => writer.message(1, () => writer.string(1, 'text')));
      writer.message(8, () => {
        writer.varint(1, 7);
        for (let count = 0; count <= TENSOR_STRINGS; count++) writer.bytes(8, new Uint8Array(0));
      });
    });
    expect(refusal(() => decodeEvent(strings).values[0]!.toRecord())).toContain('strings');
    const hparams = eventOf((writer) => {
      writer.string(1, 'a');
      writer.message(9, () =>
        writer.message(1, () => {
          writer.string(1, 'hparams');
          writer.message(2, () =>
            writer.message(3, () => {
              for (let count = 0; count <= HPARAMS; count++)
                writer.message(1, () => writer.string(1, `k${count}`));
            }),
          );
        }),
      );
    });
    expect(refusal(() => decodeEvent(hparams).values[0]!.toRecord())).toContain('hyperparameters');
  });
});

describe('the start of a run', () => {
  const json = JSON.stringify(runStart());

  it('is refused with a short reason, however many of its values are wrong', () => {
    const wrong = json.replace('"probes":[]', `"probes":[${'0,'.repeat(40_000)}0]`);
    expect(refusal(startOf(wrong))).toContain('at probes.0');
    const layers = json.replace('"layers":[]', `"layers":[${'{"type":"conv2d"},'.repeat(20_000)}{}]`);
    expect(refusal(startOf(layers))).toContain('at model.layers.0');
    const classes = json.replace('"classes":[]', `"classes":[${'0,'.repeat(40_000)}0]`);
    expect(refusal(startOf(classes))).toContain('40000 more problems');
  });

  it('is refused before it is parsed when it is long, deep or of many values', () => {
    expect(refusal(startOf(json.replace('"none"', `"${'x'.repeat(DESCRIPTION_BYTES)}"`)))).toContain('bytes');
    expect(refusal(startOf(`{"a":${'['.repeat(100_000)}`))).toContain('levels');
    expect(refusal(startOf(`{"a":[${'{},'.repeat(100_000)}0]}`))).toContain('values');
    expect(refusal(startOf(`{"${'k'.repeat(900_000)}"`))).toContain('is not JSON');
  });

  it('may hold brackets and quotes in its texts', () => {
    const name = `a"b\\[{${'[{,'.repeat(30_000)}`;
    const record = startOf(JSON.stringify(runStart({ name })))() as RecordOf<'run-start'>;
    expect(record.start.name).toBe(name);
  });
});

describe('the end of a run', () => {
  const endOf = (data: Uint8Array) => (decodeEvent(data).values[0]!.toRecord() as RecordOf<'run-end'>).end;

  it('is kept when its error is too long, with the beginning of the error and its length', () => {
    const json = `{"version":1,"reason":"failed","error":"It failed: ${'\\u0001'.repeat(3_000_000)}","seconds":2}`;
    const { error, reason, seconds } = endOf(runFrame(2002, json));
    expect([reason, seconds]).toEqual(['failed', 2]);
    expect(error!.startsWith('It failed: \u0001\u0001')).toBe(true);
    expect(error!.endsWith('\u0001… (cut; it had 3000011 characters)')).toBe(true);
    expect(error!.length).toBeLessThanOrEqual(END_TEXT_CHARACTERS);
  });

  it('is written the way that it is read', () => {
    const written = (error: string) =>
      endOf(
        encodeEvent({
          ...{ kind: 'run-end', tag: 'convscope/run_end', step: 1, wallTime: 1 },
          end: { version: 1, reason: 'failed', seconds: 1, error },
        }),
      ).error;
    const longest = '"'.repeat(END_TEXT_CHARACTERS);
    expect(written(longest)).toBe(longest);
    expect(written(`${longest}x`)).toMatch(/^"+… \(cut; it had 4097 characters\)$/);
  });
});
