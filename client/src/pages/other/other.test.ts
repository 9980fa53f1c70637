import { expect, test } from 'vitest';
import type { DecodedTensor } from '../../decode/decoded.js';
import { layersOf, treeOf } from './graph-tree.js';
import { OTHER_VIEW } from './other-state.js';
import { pathOf, prCurveOf } from './pr-curve.js';
import { byTag, openedBy, sectionOf } from './sections.js';
import { soundType } from './sound-format.js';

function tensor(shape: readonly number[], values: readonly number[]): DecodedTensor {
  const range = { min: 0, max: 1, absolute: 1, positive: 1 };
  return { kind: 'tensor', step: 3, shape, values: Float32Array.from(values), range };
}

test('a curve is read row by row: counts, precision and recall at each threshold', () => {
  const rows = [
    [9, 8, 3],
    [4, 2, 0],
    [0, 2, 4],
    [0, 1, 6],
    [0.5, 0.75, 1],
    [1, 0.875, 0.25],
  ];
  expect(prCurveOf(tensor([6, 3], rows.flat()))).toEqual([
    {
      threshold: 0,
      truePositives: 9,
      falsePositives: 4,
      trueNegatives: 0,
      falseNegatives: 0,
      precision: 0.5,
      recall: 1,
    },
    {
      threshold: 0.5,
      truePositives: 8,
      falsePositives: 2,
      trueNegatives: 2,
      falseNegatives: 1,
      precision: 0.75,
      recall: 0.875,
    },
    {
      threshold: 1,
      truePositives: 3,
      falsePositives: 0,
      trueNegatives: 4,
      falseNegatives: 6,
      precision: 1,
      recall: 0.25,
    },
  ]);
  expect(prCurveOf({ kind: 'other', step: 0, plugin: 'pr_curves', content: new Uint8Array() })).toMatch(
    /no curve/,
  );
  expect(prCurveOf({ kind: 'other', step: 0, plugin: '', content: Uint8Array.of(0x42, 99) })).toMatch(
    /cannot be read/,
  );
  expect(prCurveOf(tensor([5, 2], new Array<number>(10).fill(0)))).toMatch(/6 × thresholds.* 5×2\.$/);
});

test('a curve without any point says so', () => {
  const numbers = new Array<number>(6 * 3).fill(Number.NaN);
  const nowhere = 'No threshold of this curve has a finite precision and recall.';
  expect(prCurveOf(tensor([6, 3], numbers))).toBe(nowhere);
  // A precision without a recall is no point.
  expect(prCurveOf(tensor([6, 3], numbers.with(4 * 3, 1)))).toBe(nowhere);
  expect(prCurveOf(tensor([6, 3], numbers.with(4 * 3, 1).with(5 * 3, 0)))).toHaveLength(3);
});

test('the curves of a tag share a card, and cards are counted', () => {
  const of = (tag: string, run: string) => ({ tag: { tag }, run });
  const curves = [of('pr/a', 'x'), of('pr/b', 'x'), of('pr/a', 'y')];
  expect([...byTag(curves)]).toEqual([
    ['pr/a', [curves[0], curves[2]]],
    ['pr/b', [curves[1]]],
  ]);
});

test('a curve is drawn with precision upwards and recall to the right, and breaks where a number is not finite', () => {
  const point = { threshold: 0, truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  const points = [
    { ...point, precision: 1, recall: 0 },
    { ...point, precision: 0.5, recall: 0.5 },
    { ...point, precision: Number.NaN, recall: 0.75 },
    { ...point, precision: 0, recall: 1 },
  ];
  expect(pathOf(points, 100)).toBe('M0.00 0.00L50.00 50.00M100.00 100.00');
});

test('names with slashes are scopes, which count their operations', () => {
  const node = (name: string, op: string, ...shape: number[]) => ({ name, op, inputs: [], shapes: [shape] });
  const layers = treeOf({
    nodes: [node('net/conv/w', 'Var', 3), node('net/conv', 'Conv2D', -1, 8), node('in', 'IO')],
    left: 0,
  });
  expect(layers.map(({ name, count }) => [name, count])).toEqual([
    ['net', 2],
    ['in', 1],
  ]);
  const conv = layers[0]!.parts[0]!;
  expect([conv.op, conv.shapes, conv.parts[0]!.shapes]).toEqual(['Conv2D', ['?×8'], ['3']]);
  const deep = treeOf({ nodes: [node('a/'.repeat(1000), 'x')], left: 0 });
  expect(JSON.stringify(deep).length).toBeLessThan(20_000);
});

test('a model of Keras that is none is refused with a sentence', () => {
  expect(() => layersOf(new Uint8Array(), 'graph_keras_model')).toThrow('holds no model');
});

test('each record has a page or a line here, and a sentence says what opens it', () => {
  const section = (kind: string, plugin?: string) =>
    sectionOf({ tag: 'a', kind, rows: 1, ...(plugin ? { plugin } : {}) });
  expect(section('other', 'audio')).toBe('audio');
  expect(section('other', 'graph_def')).toBe('graphs');
  for (const kind of ['tensor', 'other']) expect(section(kind, 'pr_curves')).toBe('curves');
  expect(section('tensor', 'mesh')).toBe('listed');
  expect(section('other', 'profile')).toBe('listed');
  for (const kind of ['image', 'text', 'histogram', 'hparams', 'channels', 'tensor'])
    expect(section(kind)).toBe(undefined);
  expect(section('tensor', 'tensor')).toBe(undefined);
  for (const plugin of ['mesh', 'mine', '', '__proto__']) expect(openedBy(plugin)).toMatch(/\.$/);
});

test('the format of a sound is in its first bytes', () => {
  const bytes = (text: string) => Uint8Array.from([...text].map((char) => char.charCodeAt(0)));
  expect(soundType(bytes('RIFF....WAVE'))?.type).toBe('audio/wav');
  expect(soundType(bytes('OggS'))?.type).toBe('audio/ogg');
  expect(soundType(Uint8Array.of(0xff, 0xfb))?.type).toBe('audio/mpeg');
  expect(soundType(bytes('hello'))).toBe(undefined);
  expect(soundType(new Uint8Array())).toBe(undefined);
});

test('a view is restored from its address', () => {
  const { parse: parseView, format: formatView } = OTHER_VIEW;
  const view = { tags: 'a b', step: -4, runs: undefined };
  expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
  expect(parseView(new URLSearchParams('step=9999999999999999&tags='))).toEqual({
    tags: '',
    step: undefined,
    runs: undefined,
  });
});
