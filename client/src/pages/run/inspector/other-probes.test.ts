import { expect, test } from 'vitest';
import { otherProbesText, withOtherProbes } from './other-probes.js';

test('captures whose probes are not those of the one before are found', () => {
  /** Other pictures became the probes at steps 10 and 20. */
  const probesOf = (step: number) => Math.floor(step / 10);
  expect(withOtherProbes([0, 8, 12, 14, 31], probesOf)).toEqual([2, 4]);
  expect(withOtherProbes([0, 8], probesOf)).toEqual([]);
  expect(withOtherProbes([], probesOf)).toEqual([]);
  // A log that does not state them says nothing of them.
  expect(withOtherProbes([0, 8, 12], () => undefined)).toEqual([]);
});

test('the first steps with other probes are named', () => {
  expect(otherProbesText([])).toBeUndefined();
  expect(otherProbesText([962])).toBe('Other probe pictures from step 962 on, behind a line.');
  expect(otherProbesText([962, 5541])).toBe(
    'Other probe pictures from steps 962 and 5,541 on, behind a line.',
  );
  expect(otherProbesText([1, 2, 3, 4, 5])).toBe(
    'Other probe pictures from steps 1, 2, 3 and 2 more on, behind a line.',
  );
});
