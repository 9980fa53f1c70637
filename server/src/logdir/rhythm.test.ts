import { timeInName } from '@convscope/shared/file-log/log-file.js';
import { describe, expect, it } from 'vitest';
import { Rhythm } from './rhythm.js';

const never = () => 0;

describe('how long a silent log counts as live', () => {
  it('is a little longer than torch waits until it flushes, when nothing is known', () => {
    const rhythm = new Rhythm();
    rhythm.found(1000, 1100);
    expect(rhythm.isLive(1149, 0, never)).toBe(true);
    expect(rhythm.isLive(1151, 0, never)).toBe(false);
  });

  it('follows the pauses between changes that were seen', () => {
    const rhythm = new Rhythm();
    rhythm.found(0, 0);
    for (let at = 120; at <= 1200; at += 120) rhythm.changed(at);
    expect(rhythm.isLive(1200 + 260, 0, never)).toBe(true);
    expect(rhythm.isLive(1200 + 280, 0, never)).toBe(false);
  });

  it('is half a minute for a writer that flushes all the time', () => {
    const rhythm = new Rhythm();
    rhythm.found(0, 0);
    for (let at = 1; at <= 100; at++) rhythm.changed(at / 5);
    expect(rhythm.isLive(49, 0, never)).toBe(true);
    expect(rhythm.isLive(51, 0, never)).toBe(false);
  });

  it('follows the pauses of the records, such as epochs, and is bounded', () => {
    const rhythm = new Rhythm();
    rhythm.found(0, 0);
    expect(rhythm.isLive(1200, 0, () => 600)).toBe(true);
    expect(rhythm.isLive(1300, 0, () => 600)).toBe(false);
    expect(rhythm.isLive(7199, 0, () => 1e9)).toBe(true);
    expect(rhythm.isLive(7201, 0, () => 1e9)).toBe(false);
  });

  it('does not begin with a time in the future, and ends when the clock is right', () => {
    const rhythm = new Rhythm();
    rhythm.found(5000, 1000);
    expect(rhythm.isLive(1000, 0, never)).toBe(false);
    rhythm.changed(2000);
    expect(rhythm.isLive(2010, 0, never)).toBe(true);
    expect(rhythm.isLive(5000, 0, never)).toBe(false);
  });

  it('is not at all for a copy, whose newest record is far older than the file, until it is seen to change', () => {
    const rhythm = new Rhythm();
    rhythm.found(1_000_000, 1_000_001);
    expect(rhythm.isLive(1_000_001, 1_000_000 - 7_000, never)).toBe(true);
    expect(rhythm.isLive(1_000_001, 1_000_000 - 7_300, never)).toBe(false);
    rhythm.changed(1_000_002);
    expect(rhythm.isLive(1_000_002, 1_000_000 - 7_300, never)).toBe(true);
  });

  it('is not at all for a copy without a record, whose name says an older time', () => {
    const live = (file: string, newestRecord = 0) => {
      const rhythm = new Rhythm();
      rhythm.found(1_700_009_000, 1_700_009_001, timeInName(file));
      return rhythm.isLive(1_700_009_001, newestRecord, never);
    };
    expect(live('events.out.tfevents.1700000000.host.123.0')).toBe(false);
    expect(live('events.out.tfevents.1700008000.host.123.0')).toBe(true);
    expect(live('tfevents.1700000000123.host')).toBe(true);
    expect(live('my.tfevents')).toBe(true);
    // A writer that goes on where an older one stopped has a file of its own, and no record yet.
    expect(live('events.out.tfevents.1700008999.host.124.0.v2', 1_600_000_000)).toBe(true);
  });
});
