import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventDecoder } from './decode-event.js';
import { LAYOUT_TAG } from './event-fields.js';
import { createFrameReader } from './frame-reader.js';
import { LAYOUT_CATEGORIES, LAYOUT_CHARTS, LAYOUT_SERIES } from './limits.js';
import { layoutOfValue, mergedLayouts, readLayout } from './scalars-layout.js';
import { MalformedEventError } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

const WRITERS = new URL('../../../scripts/browser/fixtures/writers/', import.meta.url);

/** The value of a layout in a log that `write_logs.py` wrote. */
function valueIn(run: string): Uint8Array {
  const [file = ''] = readdirSync(new URL(`${run}/`, WRITERS)).filter((name) => name.includes('tfevents'));
  const found: Uint8Array[] = [];
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    onEvent(data) {
      for (const value of decoder.decodeEvent(data).values) {
        if (value.tag !== LAYOUT_TAG) continue;
        const record = value.toRecord();
        if (record.kind === 'other') found.push(record.content);
      }
    },
    onGap: (gap) => expect.fail(`no gap is expected: ${gap.reason}`),
  });
  reader.push(new Uint8Array(readFileSync(new URL(`${run}/${file}`, WRITERS))));
  reader.finish();
  expect(found).toHaveLength(1);
  return found[0]!;
}

const margin = (tag: string) => ({ value: `${tag}/test`, lower: `${tag}/low`, upper: `${tag}/high` });
const both = {
  title: 'losses and errors',
  patterns: ['loss/t.*', 'error/(train|test)$'],
  margins: [],
};

describe('a layout of scalars', () => {
  it.each(['torch', 'tensorboardx'])('is read as %s writes it', (run) => {
    expect(layoutOfValue(valueIn(run))).toEqual([
      {
        title: 'losses',
        isClosed: false,
        charts: [
          { title: 'train and test', patterns: ['loss/train', 'loss/test'], margins: [] },
          { title: 'spread', patterns: [], margins: [margin('loss')] },
        ],
      },
    ]);
  });

  it("is read as TensorBoard's own summary writes it, and merged by the titles of categories", () => {
    const layouts = ['layouts/first', 'layouts/second'].map((run) => layoutOfValue(valueIn(run)));
    expect(mergedLayouts(layouts)).toEqual([
      {
        title: 'fit',
        isClosed: false,
        charts: [both, { title: 'margins', patterns: [], margins: [margin('loss'), margin('error')] }],
      },
      {
        title: 'rest',
        isClosed: true,
        charts: [{ title: 'empty', patterns: ['accuracy/.*', '(unclosed'], margins: [] }],
      },
    ]);
  });

  it('that is damaged says what is wrong', () => {
    expect(() => layoutOfValue(valueIn('layouts/damaged'))).toThrow(/claims \d+ bytes and \d+ are left/);
    expect(() => layoutOfValue(new Uint8Array())).toThrow('The value holds no layout.');
  });

  it('is refused beyond its limits', () => {
    const layout = (categories: number, charts: number, patterns: number) => {
      const writer = new WireWriter();
      for (let category = 0; category < categories; category++)
        writer.message(2, () => {
          for (let chart = 0; chart < charts; chart++)
            writer.message(2, () =>
              writer.message(2, () => {
                for (let pattern = 0; pattern < patterns; pattern++) writer.string(1, 'a');
              }),
            );
        });
      return readLayout(writer.finish());
    };
    expect(layout(LAYOUT_CATEGORIES, 4, 4)).toHaveLength(LAYOUT_CATEGORIES);
    expect(() => layout(LAYOUT_CATEGORIES + 1, 0, 0)).toThrow(/more than 256 categories/);
    expect(() => layout(2, LAYOUT_CHARTS / 2 + 1, 0)).toThrow(/more than 1024 charts/);
    expect(() => layout(2, 2, LAYOUT_SERIES / 4 + 1)).toThrow(/more than 4096 expressions and margins/);
    const titled = new WireWriter();
    titled.message(2, () => titled.string(1, 'a'.repeat(2000)));
    expect(() => readLayout(titled.finish())).toThrow(/a title of 2000 bytes/);
  });

  it('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readLayout(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedEventError);
        }
      }),
    );
  });
});
