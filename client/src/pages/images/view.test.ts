import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cardKey } from '../../blobs/card-steps.js';
import { formatView, parseView, USUAL_VIEW } from './view.js';

test('the usual view has an empty address', () => {
  expect(parseView(new URLSearchParams())).toEqual(USUAL_VIEW);
  expect(formatView(USUAL_VIEW).toString()).toBe('');
});

test('a view is restored from its address', () => {
  const view = {
    tags: 'conv[12]',
    step: -3,
    each: true,
    steps: new Map([[cardKey('a/b', 'x:y\nz'), 12]]),
    picture: 3,
    zoom: 4,
    smooth: true,
    brightness: 150,
    contrast: 0,
  };
  expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
});

test('any address is read, and what is made of it is an address of the same view', () => {
  const names = ['tags', 'step', 'each', 'card', 'picture', 'zoom', 'smooth', 'brightness', 'contrast', 'x'];
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('-0', '1e9', '99999999999999999999', '-1', '3:a\nb', '__proto__', 'x'.repeat(5000)),
    fc.integer().map(String),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...names), hostile), { maxLength: 12 }), (pairs) => {
      const query = new URLSearchParams();
      for (const [name, value] of pairs) query.append(name, value);
      const view = parseView(query);
      expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
    }),
    { numRuns: 500 },
  );
});
