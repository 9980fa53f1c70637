import { expect, test } from 'vitest';
import { captureKey, readCaptureKey } from './capture-ref.js';

test('a key names run and tag, whatever characters these have', () => {
  const named = { run: 'a\n1\nb', generation: 2, kind: 'tensor', tag: 'x\ny' } as const;
  expect(readCaptureKey(captureKey({ ...named, row: 3 }))).toEqual(named);
  const other = { ...named, run: 'a\n1', tag: '\nbx\ny' };
  expect(captureKey({ ...other, row: 3 })).not.toBe(captureKey({ ...named, row: 3 }));
});
