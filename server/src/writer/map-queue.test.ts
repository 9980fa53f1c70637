import { describe, expect, it } from 'vitest';
import { createMapQueue } from './map-queue.js';
import type { MapsToLog } from './run-writer.js';

const KILO = 256;

function mapsOf(tag: string, step: number, kilobytes = 1): MapsToLog {
  const values = new Float32Array(kilobytes * KILO);
  const shape = { pictures: 1, height: 1, width: values.length, channels: 1 };
  return { tag, layer: 'conv1', role: 'preactivation', step, values, ...shape, probes: [0] };
}

describe('the queue of maps', () => {
  function queueOf(kilobytes: number) {
    const posted: string[] = [];
    const queue = createMapQueue(kilobytes * 1024, ({ maps }) => {
      posted.push(`${maps.tag}@${maps.step}`);
      // As a transfer to another thread leaves it.
      structuredClone(maps.values, { transfer: [maps.values.buffer as ArrayBuffer] });
    });
    const add = (tag: string, step: number, size = 1) =>
      queue.add({ maps: mapsOf(tag, step, size), wallTime: step });
    return { queue, posted, add };
  }

  it('hands everything on at once while the thread keeps up', () => {
    const { queue, posted, add } = queueOf(2);
    for (let step = 0; step < 100; step++) {
      add('a', step);
      queue.done();
    }
    expect(posted).toHaveLength(100);
    expect(queue.dropped()).toBe(0);
  });

  it('lets the newest of a tag replace the older when the thread lags, and counts what was given up', () => {
    const { queue, posted, add } = queueOf(2);
    for (const step of [1, 2, 3, 4, 5]) {
      add('a', step);
      add('b', step);
    }
    expect(posted).toEqual(['a@1', 'b@1']);
    expect(queue.dropped()).toBe(6);
    queue.done();
    queue.done();
    expect(posted).toEqual(['a@1', 'b@1', 'a@5', 'b@5']);
    expect(queue.dropped()).toBe(6);
  });

  it('never holds more than its bytes in the thread', () => {
    const { queue, posted, add } = queueOf(3);
    add('a', 1, 2);
    add('b', 1, 2);
    expect(posted).toEqual(['a@1']);
    queue.done();
    expect(posted).toEqual(['a@1', 'b@1']);
  });

  it('hands on a stack that is larger than all it may hold, alone', () => {
    const { queue, posted, add } = queueOf(1);
    add('a', 1, 5);
    add('b', 1);
    expect(posted).toEqual(['a@1']);
    queue.done();
    expect(posted).toEqual(['a@1', 'b@1']);
  });

  it('hands on all that waits when nothing more will come', () => {
    const { queue, posted, add } = queueOf(1);
    add('a', 1);
    add('b', 1);
    add('c', 1);
    queue.flush();
    expect(posted).toEqual(['a@1', 'b@1', 'c@1']);
    expect(queue.dropped()).toBe(0);
  });
});
