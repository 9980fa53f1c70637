import { describe, expect, it } from 'vitest';
import { createPartQueue } from './part-queue.js';

interface Maps {
  readonly tag: string;
  readonly step: number;
}

function queueOf(...tags: string[]) {
  const queue = createPartQueue<Maps>(({ tag }) => tag);
  queue.lookAt(tags);
  /** Adds the maps of layers a, b and c. */
  const capture = (step: number, now: number) => {
    for (const tag of ['a', 'b', 'c']) queue.add({ tag, step }, now);
  };
  /** Takes parts until nothing is due; tag and step of each, like "b3". */
  const taken = (now: number) => {
    const names: string[] = [];
    for (let maps = queue.take(now); maps !== undefined; maps = queue.take(now))
      names.push(`${maps.tag}${maps.step}`);
    return names;
  };
  return { queue, capture, taken };
}

describe('the queue of parts', () => {
  it('is first in, first out while nobody looks', () => {
    const { queue, capture, taken } = queueOf();
    capture(1, 0);
    expect(queue.dueIn(0)).toBe(0);
    expect(taken(0)).toEqual(['a1', 'b1', 'c1']);
    expect(queue.dueIn(0)).toBeUndefined();
  });

  it('gives the most wanted tag at once, other tags on the screen soon after, and the rest later', () => {
    const { queue, capture, taken } = queueOf('c', 'b');
    capture(1, 1000);
    expect(taken(1000)).toEqual(['c1']);
    const soon = queue.dueIn(1000)!;
    expect(soon).toBeGreaterThan(0);
    expect(taken(1000 + soon)).toEqual(['b1']);
    const later = queue.dueIn(1000)!;
    expect(later).toBeGreaterThan(soon);
    expect(taken(1000 + later - 1)).toEqual([]);
    expect(taken(1000 + later)).toEqual(['a1']);
    expect(queue.dueIn(1000 + later)).toBeUndefined();
  });

  it('keeps the order of one tag when somebody begins to look at it', () => {
    const { queue, capture, taken } = queueOf('a');
    capture(1, 0);
    expect(taken(0)).toEqual(['a1']);
    capture(2, 10);
    queue.lookAt(['c']);
    expect(taken(10)).toEqual(['c1', 'c2']);
  });

  it('has everything due when the last viewer leaves', () => {
    const { queue, capture, taken } = queueOf('a');
    capture(1, 0);
    queue.lookAt([]);
    expect(taken(0)).toEqual(['a1', 'b1', 'c1']);
  });

  it('gives everything in its order when all of it has to be written', () => {
    const { queue, capture } = queueOf('c');
    capture(1, 0);
    capture(2, 1);
    expect(queue.takeAll().map(({ tag, step }) => `${tag}${step}`)).toEqual([
      ...['a1', 'b1', 'c1', 'a2', 'b2', 'c2'],
    ]);
    expect(queue.dueIn(1)).toBeUndefined();
  });
});
