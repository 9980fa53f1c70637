import { expect, test } from 'vitest';
import { csvOf, literalOf, statisticsCsv, type TakenArray } from './array-text.js';
import { npyOf } from './npy.js';

/** `numpy.save` of `np.arange(6, dtype='<f4').reshape(2, 3) / 2`, as hexadecimal digits. */
const SAVED = `934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368
617065273a2028322c2033292c207d${'20'.repeat(58)}0a000000000000003f0000803f0000c03f0000004000002040`;

const array: TakenArray = {
  title: 'conv1 output, step 20',
  values: Float64Array.of(0.1, Number.NaN, Number.NEGATIVE_INFINITY, 2),
  shape: [2, 1, 2],
  axes: ['channel', 'y', 'x'],
  bounds: Float64Array.of(0.5, 0.25),
};

test('an array is saved as numpy saves it', () => {
  const bytes = npyOf(Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5), [2, 3]);
  expect([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(
    SAVED.replaceAll('\n', ''),
  );
});

test('the header of a file for numpy ends at a multiple of 64, whatever the shape', () => {
  for (const shape of [[1], [100_000], [1, 1, 1, 1, 1, 1, 1, 1], [1, 1_000_000, 1]]) {
    const bytes = npyOf(new Float64Array(0), shape);
    expect(bytes.length % 64).toBe(0);
    expect(bytes.at(-1)).toBe(10);
  }
  expect(new TextDecoder('latin1').decode(npyOf(new Float64Array(3), [3]))).toContain(
    "'<f8', 'fortran_order': False, 'shape': (3,), }",
  );
});

test('CSV has the place, the value and the bound of each value, and says that it was quantised', () => {
  expect(csvOf(array).split('\r\n')).toEqual([
    '# conv1 output, step 20',
    '# The values were quantised to 8 bits and lie within 0.5 of those that were computed.',
    'channel,y,x,value,bound',
    '0,0,0,0.1,0.5',
    '0,0,1,nan,0.5',
    '1,0,0,-inf,0.25',
    '1,0,1,2,0.25',
    '',
  ]);
  const exact = {
    ...array,
    values: Float32Array.of(0.1, 1 / 3),
    shape: [1, 1, 2],
    bounds: new Float64Array(1),
  };
  expect(csvOf(exact).split('\r\n').slice(1, 5)).toEqual([
    '# The values are exact.',
    'channel,y,x,value',
    '0,0,0,0.1',
    '0,0,1,0.33333334',
  ]);
});

test('a literal is what NumPy reads', () => {
  expect(literalOf(array)).toBe(
    '# conv1 output, step 20. The values were quantised to 8 bits and lie within 0.5 of those that were computed.\n' +
      'np.array([[[0.1, np.nan]],\n          [[-np.inf, 2]]], dtype=np.float64)\n',
  );
  expect(literalOf({ ...array, title: 'a\nimport os' }).split('\n')[0]).toContain('# a import os.');
});

test('statistics have one row a channel', () => {
  const one = (value: number) => Float32Array.of(value);
  const statistics = {
    ...{ pictures: 64, min: one(-1), max: one(1), mean: one(0.1), std: one(2), zeroFraction: one(0.5) },
    nonFinite: Uint32Array.of(3),
  };
  expect(statisticsCsv('conv1 output', statistics)).toBe(
    '# conv1 output, over 64 pictures\r\nchannel,mean,std,min,max,zero_fraction,non_finite\r\n0,0.1,2,-1,1,0.5,3\r\n',
  );
});
