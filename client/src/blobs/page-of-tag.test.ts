import { expect, test } from 'vitest';
import { pageOfTag } from './page-of-tag.js';

test('a tag is on the page of its kind, and a tensor of another plugin on that of other plugins', () => {
  expect(pageOfTag({ kind: 'image' })).toBe('images');
  expect(pageOfTag({ kind: 'histogram' })).toBe('distributions');
  expect(pageOfTag({ kind: 'text' })).toBe('text');
  expect(pageOfTag({ kind: 'other', plugin: 'audio' })).toBe('other');
  expect(pageOfTag({ kind: 'tensor', plugin: 'mesh' })).toBe('other');
  for (const plugin of ['', 'tensor']) expect(pageOfTag({ kind: 'tensor', plugin })).toBeUndefined();
  for (const kind of ['channels', 'run-start', 'constructor']) expect(pageOfTag({ kind })).toBeUndefined();
});
