import { describe, expect, it } from 'vitest';
import { DirectoryWatches } from './directory-watches.js';

function watches(most: number, systemMost = Number.POSITIVE_INFINITY) {
  const watched = new Set<string>();
  const all = new DirectoryWatches((directory) => {
    if (watched.size >= systemMost) return null;
    watched.add(directory);
    return () => watched.delete(directory);
  }, most);
  return { all, watched };
}

describe('directories that the system watches', () => {
  it('are the first ones, as long as nothing changes', () => {
    const { all, watched } = watches(2);
    for (const directory of ['a', 'b', 'c']) all.add(directory);
    expect([...watched]).toEqual(['a', 'b']);
  });

  it('are those that changed last, when there are too many', () => {
    const { all, watched } = watches(2);
    for (const directory of ['a', 'b', 'c']) all.add(directory);
    all.touch('a');
    all.touch('c');
    expect([...watched]).toEqual(['a', 'c']);
    all.touch('b');
    expect([...watched]).toEqual(['c', 'b']);
  });

  it('make room for one that changed, when the system has none', () => {
    const { all, watched } = watches(100, 2);
    for (const directory of ['a', 'b', 'c']) all.add(directory);
    all.touch('c');
    expect([...watched]).toEqual(['b', 'c']);
  });

  it('are given up when they are gone, and none is added after the end', () => {
    const { all, watched } = watches(3);
    for (const directory of ['a', 'b']) all.add(directory);
    all.keep((directory) => directory === 'b');
    expect([...watched]).toEqual(['b']);
    all.close();
    all.add('a');
    all.touch('a');
    expect(watched.size).toBe(0);
  });
});
