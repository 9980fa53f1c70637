import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { LAYOUT_TAG, PLUGIN, VALUE } from '@convscope/shared/event-log/event-fields.js';
import { WireWriter } from '@convscope/shared/event-log/wire-writer.js';
import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import { expect, test, vi } from 'vitest';
import type { Source } from '../../sources/source.js';
import { LayoutReader, type ShownLayout } from './layout-reader.js';

/** The event of a layout with these categories, of one chart each: a Summary.Value with a tensor of one string. */
function eventOf(titles: readonly string[], cut = 0): Uint8Array {
  const layout = new WireWriter();
  for (const title of titles)
    layout.message(2, () => {
      layout.string(1, title);
      layout.message(2, () => layout.message(2, () => layout.string(1, 'loss')));
    });
  const bytes = layout.finish();
  const value = new WireWriter();
  value.string(VALUE.tag, LAYOUT_TAG);
  value.message(VALUE.metadata, () => value.message(1, () => value.string(1, PLUGIN.customScalars)));
  value.message(VALUE.tensor, () => {
    value.varint(1, 7);
    value.bytes(8, bytes.subarray(0, bytes.length - cut));
  });
  return encodeEvent({
    ...{ kind: 'other', tag: LAYOUT_TAG, plugin: PLUGIN.customScalars, step: 0, wallTime: 1 },
    content: value.finish(),
  });
}

const FIRST = eventOf(['fit']);
const SECOND = eventOf(['fit', 'rest']);

function sourceOf(events: Readonly<Record<string, Uint8Array>>) {
  const row = new Uint8Array(BLOB_ROW_BYTES);
  const at = { step: 0, wallTime: 0, file: 0, offset: 0, length: 1, replacesFrom: 0 };
  writeBlobRow(new DataView(row.buffer), 0, at);
  return {
    indexRows: vi.fn<Source['indexRows']>(async () => row),
    event: vi.fn<Source['event']>(async (run) => {
      const event = events[run];
      if (event === undefined) throw new Error('The hub does not answer.');
      return event;
    }),
  };
}

const run = (name: string, rows = 1) => ({ run: name, generation: 1, rows });

test('layouts of several runs are one, in the order of the names, and a damaged one is named and refuses only itself', async () => {
  const source = sourceOf({
    b: SECOND,
    a: FIRST,
    c: eventOf(['fit'], 2),
  });
  const shown: ShownLayout[] = [];
  await new LayoutReader(source, (layout) => shown.push(layout)).follow([run('b'), run('c'), run('a')]);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.categories.map(({ title, charts }) => [title, charts.length])).toEqual([
    ['fit', 1],
    ['rest', 1],
  ]);
  expect(shown[0]?.problems).toEqual([expect.stringMatching(/^The layout of c cannot be read: Field \d /)]);
});

test('only what is new is fetched', async () => {
  const source = sourceOf({ a: FIRST, b: SECOND });
  const reader = new LayoutReader(source, () => undefined);
  await reader.follow([run('a')]);
  await reader.follow([run('a'), run('b')]);
  await reader.follow([run('a', 2), run('b')]);
  expect(source.event.mock.calls.map(([of]) => of)).toEqual(['a', 'b', 'a']);
  expect(source.indexRows.mock.calls.at(-1)?.[1]).toBe(1);
});

test('what cannot be fetched stays as it was, and is asked for again', async () => {
  vi.useFakeTimers();
  const events: Record<string, Uint8Array> = { a: FIRST };
  const source = sourceOf(events);
  const shown: ShownLayout[] = [];
  const reader = new LayoutReader(source, (layout) => shown.push(layout));
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await reader.follow([run('a')]);
  delete events['a'];
  await reader.follow([run('a', 2)]);
  expect(shown.at(-1)?.categories).toHaveLength(1);
  expect(warn).toHaveBeenCalledOnce();
  events['a'] = SECOND;
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown.at(-1)?.categories).toHaveLength(2);
  reader.close();
  warn.mockRestore();
  vi.useRealTimers();
});
