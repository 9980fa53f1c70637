import { expect, test } from 'vitest';
import { filterTags, groupTags } from './tag-filter.js';

test('tags are filtered by a regular expression, or by a part of them where it is none', () => {
  const tags = ['conv1/in', 'conv2/in', 'fc[', 'Other'];
  expect(filterTags(tags, '^CONV').shown).toEqual(['conv1/in', 'conv2/in']);
  expect(filterTags(tags, ' ')).toEqual({ shown: tags, problem: undefined });
  expect(filterTags(tags, 'fc[')).toMatchObject({
    shown: ['fc['],
    problem: expect.stringMatching(/^No regular expression/),
  });
});

test('tags are grouped by what stands before their first slash, in the order of people', () => {
  expect(groupTags(['b/2', 'b/10', 'b/1', 'a10/x', 'a2/x', 'loose', '/odd'])).toEqual([
    { name: '', tags: ['/odd', 'loose'] },
    { name: 'a2', tags: ['a2/x'] },
    { name: 'a10', tags: ['a10/x'] },
    { name: 'b', tags: ['b/1', 'b/2', 'b/10'] },
  ]);
});
