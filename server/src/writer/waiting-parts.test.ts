import { describe, expect, it } from 'vitest';
import { createWaitingParts } from './waiting-parts.js';

interface Maps {
  readonly tag: string;
  readonly step: number;
}

function waitingParts(...tags: string[]) {
  const waiting = createWaitingParts<Maps>(({ tag }) => tag);
  waiting.lookAt(tags);
  /** Adds a capture of layers a, b and c, as a forward pass gives them. */
  const capture = (step: number, now: number) => {
    for (const tag of ['a', 'b', 'c']) waiting.add({ tag, step }, now);
  };
  /** What is taken until nothing is due, as "b3". */
  const taken = (now: number) => {
    const names: string[] = [];
    for (let maps = waiting.take(now); maps !== undefined; maps = waiting.take(now))
      names.push(`${maps.tag}${maps.step}`);
    return names;
  };
  return { waiting, capture, taken };
}

describe('parts of captures that wait to be written', () => {
  it('go at once and in their order while nobody looks', () => {
    const { waiting, capture, taken } = waitingParts();
    capture(1, 0);
    expect(waiting.dueIn(0)).toBe(0);
    expect(taken(0)).toEqual(['a1', 'b1', 'c1']);
    expect(waiting.dueIn(0)).toBeUndefined();
  });

  it('of what is looked at go at once, its input soon after, and the others when both are on the screen', () => {
    const { waiting, capture, taken } = waitingParts('c', 'b');
    capture(1, 1000);
    expect(taken(1000)).toEqual(['c1']);
    const soon = waiting.dueIn(1000)!;
    expect(soon).toBeGreaterThan(0);
    expect(taken(1000 + soon)).toEqual(['b1']);
    const later = waiting.dueIn(1000)!;
    expect(later).toBeGreaterThan(soon);
    expect(taken(1000 + later - 1)).toEqual([]);
    expect(taken(1000 + later)).toEqual(['a1']);
    expect(waiting.dueIn(1000 + later)).toBeUndefined();
  });

  it('of one tag stay in their order when somebody begins to look at it', () => {
    const { waiting, capture, taken } = waitingParts('a');
    capture(1, 0);
    expect(taken(0)).toEqual(['a1']);
    capture(2, 10);
    waiting.lookAt(['c']);
    expect(taken(10)).toEqual(['c1', 'c2']);
  });

  it('are all due at once when the last viewer leaves', () => {
    const { waiting, capture, taken } = waitingParts('a');
    capture(1, 0);
    waiting.lookAt([]);
    expect(taken(0)).toEqual(['a1', 'b1', 'c1']);
  });

  it('are taken in their order when everything has to be written', () => {
    const { waiting, capture } = waitingParts('c');
    capture(1, 0);
    capture(2, 1);
    expect(waiting.takeAll().map(({ tag, step }) => `${tag}${step}`)).toEqual([
      ...['a1', 'b1', 'c1', 'a2', 'b2', 'c2'],
    ]);
    expect(waiting.dueIn(1)).toBeUndefined();
  });
});
