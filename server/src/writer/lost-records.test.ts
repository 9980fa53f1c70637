import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { describe, expect, it } from 'vitest';
import { createLossCount, lossSentence } from './lost-records.js';

describe('the count of lost records', () => {
  it('says how many of what, and of which steps', () => {
    const count = createLossCount();
    for (let step = 10; step < 120; step++) count.add({ kind: 'scalar', tag: 'train/loss', step });
    count.add({ kind: 'scalar', tag: 'perf/step_ms', step: 10 });
    count.add({ kind: 'channels', tag: 'conv1/preactivation', step: 100 });
    count.add({ kind: 'run-end', tag: 'convscope/end', step: 120 });
    expect(lossSentence(count.losses())).toBe(
      '110 losses (steps 10 to 119), 1 other scalar (step 10), 1 map (step 100), 1 end of the run (step 120)',
    );
  });

  it('reads them from events', () => {
    const count = createLossCount();
    for (const step of [3, 4])
      count.addEvent(encodeEvent({ kind: 'scalar', tag: 'train/loss', step, wallTime: 1, value: 1 }));
    expect(count.losses()).toEqual([{ what: 'loss', count: 2, from: 3, to: 4 }]);
  });

  it('adds up with another', () => {
    const count = createLossCount();
    count.add({ kind: 'scalar', tag: 'train/loss', step: 7 });
    count.addAll([
      { what: 'loss', count: 2, from: 3, to: 5 },
      { what: 'maps', count: 1, from: 3, to: 3 },
    ]);
    expect(count.losses()).toEqual([
      { what: 'loss', count: 3, from: 3, to: 7 },
      { what: 'maps', count: 1, from: 3, to: 3 },
    ]);
  });

  it('is empty when nothing is lost', () => {
    expect(lossSentence(createLossCount().losses())).toBe('');
  });
});
