import process from 'node:process';
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { describe, expect, it } from 'vitest';
import { newEventFileName } from './event-file-name.js';

describe('the name of a new event file', () => {
  it('is one that readers look for', () => {
    expect(isEventFileName(newEventFileName())).toBe(true);
  });

  it('differs from the one before', () => {
    expect(newEventFileName(1_700_000_000_000, 'h')).not.toBe(newEventFileName(1_700_000_000_000, 'h'));
  });

  it('holds time, host and process, the host without what a file name may not hold', () => {
    expect(newEventFileName(1_700_000_000_999, 'Ada’s Mac/book')).toMatch(
      new RegExp(`^events\\.out\\.tfevents\\.1700000000\\.Ada_s_Mac_book\\.${process.pid}\\.\\d+$`),
    );
  });

  it('has a host even where the machine has no name', () => {
    expect(newEventFileName(0, '')).toContain('.tfevents.0.host.');
  });
});
