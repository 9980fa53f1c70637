import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RecordOf } from '../run-record.js';
import { createEventDecoder } from './decode-event.js';
import { createFrameReader } from './frame-reader.js';
import { readGraphDef } from './graph-def.js';
import { readSounds, readStrings } from './plugin-strings.js';
import { MalformedEventError } from './wire-reader.js';

const root = new URL('./fixtures/events/', import.meta.url);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The records of a run that are kept as they were stored. */
function others(folder: string, file: string): RecordOf<'other'>[] {
  const found: RecordOf<'other'>[] = [];
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    onEvent(data) {
      for (const value of decoder.decodeEvent(data).values) {
        const record = value.toRecord();
        if (record.kind === 'other') found.push(record);
      }
    },
    onGap: (gap) => expect.fail(`no gap is expected: ${gap.reason}`),
  });
  reader.push(new Uint8Array(readFileSync(new URL(`${folder}/${file}`, root))));
  reader.finish();
  return found;
}

const graph = () =>
  others('torch-graph', 'events.out.tfevents.1700000000.testhost.4242.0').find(
    ({ plugin }) => plugin === 'graph_def',
  )!;

test('the graph that torch wrote has the nodes that TensorBoard reads', () => {
  const { runs } = JSON.parse(readFileSync(new URL('torch-graph/expected.json', root), 'utf8'));
  const expected = runs['.'].files[0].other_records.find(
    ({ what }: { what: string }) => what === 'graph_def',
  );
  const { nodes, left } = readGraphDef(graph().content);
  expect(left).toBe(0);
  expect(nodes.map(({ name, op }) => [name, op])).toEqual(expected.nodes);
  const conv = nodes.find(({ op }) => op === 'aten::_convolution')!;
  expect(conv.inputs.length).toBeGreaterThan(2);
  expect(conv.shapes[0]).toHaveLength(4);
});

test('a damaged graph is refused, or read as far as it goes', () => {
  const { content } = graph();
  for (let at = 0; at < content.length; at += 7) {
    const damaged = content.slice();
    damaged[at]! ^= 0xff;
    for (const bytes of [damaged, content.slice(0, at)]) {
      try {
        readGraphDef(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedEventError);
      }
    }
  }
});

test('the sound that TensorFlow 2 wrote has the bytes that TensorBoard reads', () => {
  const file = 'events.out.tfevents.1700000000.testhost.4242.0.v2';
  const { runs } = JSON.parse(readFileSync(new URL('tf2-summary/expected.json', root), 'utf8'));
  const sounds = others('tf2-summary', file).filter(({ plugin }) => plugin === 'audio');
  expect(sounds.flatMap(({ content }) => readSounds(content)).map(sha256)).toEqual(
    runs['.'].tags.beep.events.flatMap((event: { strings_sha256: string[] }) => event.strings_sha256),
  );
});

test('a sound of torch is read from its own field, and of a batch with labels only the sounds', () => {
  // Summary.Value { tag: "a", audio { sample_rate, num_channels, encoded_audio_string: 1 2 3 } }
  const audio = [0x0d, 0, 0, 0, 0, 0x10, 1, 0x22, 3, 1, 2, 3];
  expect(readSounds(Uint8Array.of(0x0a, 1, 97, 0x32, audio.length, ...audio))).toEqual([
    Uint8Array.of(1, 2, 3),
  ]);
  // Summary.Value { tensor { dtype: DT_STRING, shape 2×2, string_val: "s" "label" … } }
  const shape = [0x12, 8, 0x12, 2, 8, 2, 0x12, 2, 8, 2];
  const tensor = [8, 7, ...shape, 0x42, 1, 115, 0x42, 1, 108, 0x42, 1, 116, 0x42, 1, 109];
  const sounds = readSounds(Uint8Array.of(0x42, tensor.length, ...tensor));
  expect(sounds.map((sound) => String.fromCharCode(...sound))).toEqual(['s', 't']);
});

test('the model that Keras wrote is JSON', () => {
  const [record] = others('keras/train', 'events.out.tfevents.1700000000.testhost.4242.0.v2').filter(
    ({ plugin }) => plugin === 'graph_keras_model',
  );
  const [json] = readStrings(record!.content).strings;
  expect(JSON.parse(new TextDecoder().decode(json)).class_name).toBe('Sequential');
});
