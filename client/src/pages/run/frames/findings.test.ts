import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import { expect, test } from 'vitest';
import { FindingsBook, firstStepOf } from './findings.js';

const well: ChannelHealth = { conditions: [] };
const dead: ChannelHealth = { conditions: ['dead'] };
const copy: ChannelHealth = { conditions: ['duplicate'], duplicateOf: { channel: 0, correlation: -0.9999 } };

test('a finding has the earliest step that showed it, in whatever order captures are looked at', () => {
  const book = new FindingsBook();
  book.add('conv1', 80, [well, dead]);
  book.add('conv1', 40, [well, dead]);
  book.add('conv1', 0, [well, well]);
  const { findings, looked } = book.state();
  expect({ findings, looked }).toEqual({
    findings: [{ layer: 'conv1', channel: 1, condition: 'dead', of: undefined, firstStep: 40 }],
    looked: 3,
  });
});

test('a channel that recovered is no finding of today', () => {
  const book = new FindingsBook();
  book.add('conv1', 0, [dead]);
  book.add('conv1', 80, [well]);
  expect(book.state().findings).toEqual([]);
  expect(firstStepOf(book.state(), 'conv1', 0, 'dead')).toBe(0);
});

test('the same capture is looked at once', () => {
  const book = new FindingsBook();
  expect(book.add('conv1', 0, [copy])).toBe(true);
  expect(book.add('conv1', 0, [copy])).toBe(false);
  expect(book.state().findings[0]?.of).toEqual({ channel: 0, negative: true });
});
