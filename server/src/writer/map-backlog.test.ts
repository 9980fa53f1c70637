import { describe, expect, it } from 'vitest';
import { createMapBacklog } from './map-backlog.js';
import type { MapsToLog } from './run-writer.js';

const KILO = 256;

function mapsOf(tag: string, step: number, kilobytes = 1): MapsToLog {
  const values = new Float32Array(kilobytes * KILO);
  const shape = { pictures: 1, height: 1, width: values.length, channels: 1 };
  return { tag, layer: 'conv1', role: 'preactivation', step, values, ...shape, probes: [0] };
}

describe('the backlog of maps', () => {
  function backlogOf(kilobytes: number) {
    const posted: string[] = [];
    const backlog = createMapBacklog(kilobytes * 1024, ({ maps }) => {
      posted.push(`${maps.tag}@${maps.step}`);
      // Detaches the buffer, as a transfer to a thread does.
      structuredClone(maps.values, { transfer: [maps.values.buffer as ArrayBuffer] });
    });
    const add = (tag: string, step: number, size = 1) =>
      backlog.add({ maps: mapsOf(tag, step, size), wallTime: step });
    return { backlog, posted, add };
  }

  it('posts everything at once while the thread keeps up', () => {
    const { backlog, posted, add } = backlogOf(2);
    for (let step = 0; step < 100; step++) {
      add('a', step);
      backlog.done();
    }
    expect(posted).toHaveLength(100);
    expect(backlog.dropped()).toBe(0);
  });

  it('replaces kept maps by newer ones of their tag when the thread lags, and counts them', () => {
    const { backlog, posted, add } = backlogOf(2);
    for (const step of [1, 2, 3, 4, 5]) {
      add('a', step);
      add('b', step);
    }
    expect(posted).toEqual(['a@1', 'b@1']);
    expect(backlog.dropped()).toBe(6);
    backlog.done();
    backlog.done();
    expect(posted).toEqual(['a@1', 'b@1', 'a@5', 'b@5']);
    expect(backlog.dropped()).toBe(6);
  });

  it('never lets the thread hold more than the limit', () => {
    const { backlog, posted, add } = backlogOf(3);
    add('a', 1, 2);
    add('b', 1, 2);
    expect(posted).toEqual(['a@1']);
    backlog.done();
    expect(posted).toEqual(['a@1', 'b@1']);
  });

  it('posts maps that are larger than the limit alone', () => {
    const { backlog, posted, add } = backlogOf(1);
    add('a', 1, 5);
    add('b', 1);
    expect(posted).toEqual(['a@1']);
    backlog.done();
    expect(posted).toEqual(['a@1', 'b@1']);
  });

  it('posts everything that is kept when it is flushed', () => {
    const { backlog, posted, add } = backlogOf(1);
    add('a', 1);
    add('b', 1);
    add('c', 1);
    backlog.flush();
    expect(posted).toEqual(['a@1', 'b@1', 'c@1']);
    expect(backlog.dropped()).toBe(0);
  });
});
