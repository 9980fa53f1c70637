import { expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import { EVENT, EVENT_LEVEL, SUMMARY_VALUE, VALUE } from '../event-log/event-fields.js';
import { createTensorRecord } from '../event-log/tensor-proto.js';
import { RunIndex } from './run-index.js';

/** The bytes of a field of protobuf that holds bytes. */
function field(number: number, bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}

function tagsOf(...events: readonly Uint8Array[]) {
  const index = new RunIndex(1);
  events.forEach((data, i) => {
    index.add(decodeEvent(data), 0, i * 1000, data.length, () => undefined);
  });
  return index.tags();
}

const tensor = (tag: string, plugin: string) =>
  encodeEvent(
    createTensorRecord({
      ...{ tag, plugin, step: 0, wallTime: 1, dtype: 'float32', shape: [2, 3] },
      values: new Float32Array(6),
    }),
  );

it.each(['pr_curves', 'mesh', 'custom_scalars', 'audio', 'projector', 'profile', 'npmi', 'somebody_else'])(
  'records of the plugin %s are listed with its name and their number',
  (plugin) => {
    expect(tagsOf(tensor('a', plugin), tensor('a', plugin))).toEqual([
      { tag: 'a', kind: 'other', rows: 2, plugin },
    ]);
  },
);

it('graphs are listed as what they are', () => {
  expect(tagsOf(field(EVENT.graphDef, 'graph'))).toEqual([
    { tag: EVENT_LEVEL['graph_def']!.tag, kind: 'other', rows: 1, plugin: 'graph_def' },
  ]);
});

it('sounds in the form of TensorFlow 1, which names no plugin, are listed as sounds', () => {
  const value = Buffer.concat([field(VALUE.tag, 'beep'), field(VALUE.audio, 'wav')]);
  expect(tagsOf(field(EVENT.summary, field(SUMMARY_VALUE, value)))).toEqual([
    { tag: 'beep', kind: 'other', rows: 1, plugin: 'audio' },
  ]);
});

it('pictures, also moving ones, are pictures', () => {
  const gif = encodeEvent({
    ...{ kind: 'image', tag: 'video', step: 0, wallTime: 1, width: 8, height: 8 },
    images: [Buffer.from('GIF89a')],
  });
  expect(tagsOf(gif)).toMatchObject([{ tag: 'video', kind: 'image', rows: 1 }]);
});
