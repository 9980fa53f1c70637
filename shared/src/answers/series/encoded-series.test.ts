import { expect, it } from 'vitest';
import { encodeSeries } from '../../protocol/series-codec.js';
import { EncodedSeries } from './encoded-series.js';
import { type Asked, type Extent, readSeries, type Shown } from './read-series.js';
import type { Scalars } from './scalars.js';

const SHOWN: Shown = {
  ...{ x: 'step', from: undefined, to: undefined, width: 10, points: 5 },
  ...{ smoothing: undefined, replaced: false },
};
const EXTENT: Extent = { from: 0, to: 99 };

/** A column that counts how often its rows are read. */
function counting(): { scalars: Scalars; reads: () => number } {
  let reads = 0;
  const scalars: Scalars = {
    column: {},
    rows: 100,
    isWide: false,
    replaced: new Uint32Array(0),
    read(from, to) {
      reads++;
      const steps = Float64Array.from({ length: to - from }, (_, at) => from + at);
      return { steps, wallTimes: steps, values: steps };
    },
    readPart(_part, from, to, into) {
      into.set(this.read(from, to).steps);
    },
    blocks: () => null,
  };
  return { scalars, reads: () => reads };
}

function done<T>(work: Generator<void, T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

it('reads a series once for the same request, and gives it the places of each answer', () => {
  const { scalars, reads } = counting();
  const encoded = new EncodedSeries();
  const asked: Asked = { run: 0, tag: 0, scalars, origin: 0 };
  const first = done(encoded.read(asked, SHOWN, EXTENT));
  const before = reads();
  const second = done(encoded.read({ ...asked, run: 7, tag: 9 }, SHOWN, EXTENT));
  expect(reads()).toBe(before);
  const expected = encodeSeries(done(readSeries({ ...asked, run: 7, tag: 9 }, SHOWN, EXTENT)));
  expect(second.blocks).toEqual([expected]);
  expect(first).not.toEqual(second);
});

it('gives every other request, and a series that has grown, what reading it gives', () => {
  const { scalars } = counting();
  const encoded = new EncodedSeries();
  const asked: Asked = { run: 0, tag: 0, scalars, origin: 0 };
  const others: [Partial<Asked>, Partial<Shown>, Extent][] = [
    [{}, {}, EXTENT],
    [{}, { width: 11 }, EXTENT],
    [{}, { points: 100 }, EXTENT],
    [{}, { x: 'wall' }, EXTENT],
    [{}, { smoothing: 0.5 }, EXTENT],
    [{}, { from: 5 }, EXTENT],
    [{}, { to: 50 }, EXTENT],
    [{}, {}, { from: 0, to: 200 }],
    [{ origin: 3 }, { x: 'relative' }, EXTENT],
    [{ scalars: { ...scalars, rows: 99 } }, {}, EXTENT],
    [{ scalars: { ...scalars, replaced: Uint32Array.of(0, 1) } }, {}, EXTENT],
    [{ scalars: { ...counting().scalars, rows: 98 } }, {}, EXTENT],
  ];
  for (const [change, shown, extent] of [...others, ...others]) {
    const [one, wanted] = [
      { ...asked, ...change },
      { ...SHOWN, ...shown },
    ];
    const expected = encodeSeries(done(readSeries(one, wanted, extent)));
    expect(done(encoded.read(one, wanted, extent)).blocks).toEqual([expected]);
  }
});
