import { describe, expect, it } from 'vitest';
import { compare, type Value } from './compare.js';

const at = { run: '.', step: 1, wallTime: 2 };
const read: Value[] = [
  { ...at, tag: 'loss', plugin: 'scalars', value: 0.5 },
  { ...at, tag: 'conv1', plugin: 'images', width: 8, height: 4, sha256: ['a', 'b'] },
];
const dumped: Value[] = [
  { ...at, tag: 'loss', kind: 'scalar', value: 0.5 },
  { ...at, tag: 'conv1', kind: 'channels', width: 4, height: 4, channels: 2, columns: 2, sha256: ['a', 'b'] },
];

describe('the comparison with TensorBoard', () => {
  it('finds nothing where both read the same, atlases by their size and bytes included', () => {
    expect(compare(read, dumped)).toEqual({
      rows: [
        { plugin: 'scalars', tags: 1, values: 1, differences: 0 },
        { plugin: 'images', tags: 1, values: 1, differences: 0 },
      ],
      differences: [],
    });
  });

  it.each([
    [
      'another value',
      [{ ...dumped[0]!, value: 0.25 }, dumped[1]!],
      'value 0, value: TensorBoard 0.5, dump 0.25',
    ],
    ['another step', [{ ...dumped[0]!, step: 2 }, dumped[1]!], 'value 0, step: TensorBoard 1, dump 2'],
    ['other bytes', [dumped[0]!, { ...dumped[1]!, sha256: ['a', 'c'] }], 'value 0, sha256'],
    ['another size', [dumped[0]!, { ...dumped[1]!, columns: 1 }], 'value 0, width: TensorBoard 8, dump 4'],
    ['another kind', [{ ...dumped[0]!, kind: 'text' }, dumped[1]!], 'value 0, plugin'],
    ['a missing value', [dumped[1]!], 'TensorBoard reads 1 values, dump prints 0'],
    [
      'one too many',
      [...dumped, { ...at, tag: 'more', kind: 'scalar', value: 1 }],
      'TensorBoard reads 0 values, dump prints 1',
    ],
    ['a gap', [...dumped, { ...at, tag: '', kind: 'gap' }], 'TensorBoard reads 0 values, dump prints 1'],
  ])('finds %s', (_, other, text) => {
    expect(compare(read, other).differences.join('\n')).toContain(text);
  });
});
