import { describe, expect, it } from 'vitest';
import { readByConvention, readByPattern, type TagReader } from './tag-names.js';

function reader(text: string): TagReader {
  const found = readByPattern(text);
  if ('refused' in found) throw new Error(found.refused);
  return found;
}

describe('the meaning of tags', () => {
  it.each([
    ['conv1/input', 'conv1', 'input'],
    ['layer1.0.conv1/output', 'layer1.0.conv1', 'output'],
    ['layer1.0.conv1.weight', 'layer1.0.conv1', 'weight'],
    ['net/conv_kernel', 'net/conv', 'weight'],
    ['conv1/bias', 'conv1', 'bias'],
    ['conv1/Gradient', 'conv1', 'gradient'],
    ['conv1/activations', 'conv1', 'output'],
  ])('%s is by convention of layer %s its %s', (tag, layer, role) => {
    expect(readByConvention(tag)).toEqual({ layer, role });
  });

  it.each(['loss/x', 'weights', 'conv1', 'input/picture'])('%s is of no layer', (tag) => {
    expect(readByConvention(tag)).toBeUndefined();
  });

  it('is what an expression says, and by convention where it does not match', () => {
    const read = reader(String.raw`acts\.(?<layer>.+):(?<role>in|out|w)`);
    expect(read('acts.block.conv:in')).toEqual({ layer: 'block.conv', role: 'input' });
    expect(read('acts.block.conv:out')).toEqual({ layer: 'block.conv', role: 'output' });
    expect(read('acts.block.conv:w')).toEqual({ layer: 'block.conv', role: 'weight' });
    expect(read('acts.block.conv:other')).toBeUndefined();
    expect(read('conv1/input')).toEqual({ layer: 'conv1', role: 'input' });
  });

  it.each([
    ['(?<layer>.+', 'needs the groups'],
    ['(?<layer>(?<role>x)', 'not a regular expression'],
    [String.raw`(?<layer>.+)\1/(?<role>x)`, 'refers to a group'],
    [`(?<layer>${'a'.repeat(1000)})/(?<role>x)`, 'characters'],
  ])('refuses %s', (text, problem) => {
    expect(readByPattern(text)).toEqual({ refused: expect.stringContaining(problem) });
  });

  it('takes a bounded time for any tag', () => {
    const read = reader('(?<layer>(a+|.*)+)/(?<role>x)');
    expect(read('aaaa/x')).toEqual({ layer: 'aaaa', role: 'input' });
    for (let count = 0; count < 100; count++) expect(read('a'.repeat(5000 - count))).toBeUndefined();
  });
});
