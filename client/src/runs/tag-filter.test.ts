import { expect, test } from 'vitest';
import { filterTags, groupByPrefix } from './tag-filter.js';

test('tags are filtered by a regular expression, or by a part of them where it is none', () => {
  const tags = ['conv1/in', 'conv2/in', 'fc[', 'Other'];
  expect(filterTags(tags, '^CONV').tags).toEqual(['conv1/in', 'conv2/in']);
  expect(filterTags(tags, ' ')).toEqual({ tags, problem: undefined });
  expect(filterTags(tags, 'fc[')).toMatchObject({
    tags: ['fc['],
    problem: expect.stringMatching(/not a regular expression/),
  });
});

test("tags are grouped by what stands before their first slash, PyTorch's parameters by their layer, as people order names", () => {
  const tags = ['b/2', 'b/10', 'b/1', 'a10/x', 'a2/x', 'loose', '/odd', 'conv1.weight', 'conv1.bias'];
  expect(groupByPrefix(tags, (tag) => tag)).toEqual([
    { prefix: '', items: ['/odd', 'loose'] },
    { prefix: 'a2', items: ['a2/x'] },
    { prefix: 'a10', items: ['a10/x'] },
    { prefix: 'b', items: ['b/1', 'b/2', 'b/10'] },
    { prefix: 'conv1', items: ['conv1.bias', 'conv1.weight'] },
  ]);
});
