import { describe, expect, it } from 'vitest';
import { CAPTURE_STEPS_LIMITS, parseCaptureSteps } from './capture-steps.js';

function stepsOf(text: string): number[] {
  const parsed = parseCaptureSteps(text);
  if ('error' in parsed) throw new Error(parsed.error);
  const found: number[] = [];
  for (let step = parsed.steps.after(-1); step !== undefined; step = parsed.steps.after(step)) {
    expect(parsed.steps.has(step)).toBe(true);
    found.push(step);
  }
  return found;
}

describe('a list of steps', () => {
  it('names steps and ranges, in any order', () => {
    expect(stepsOf('10,50,100-200:25')).toEqual([10, 50, 100, 125, 150, 175, 200]);
    expect(stepsOf(' 9 , 3-5 ')).toEqual([3, 4, 5, 9]);
    expect(stepsOf('0')).toEqual([0]);
    expect(stepsOf('1-10:4')).toEqual([1, 5, 9]);
    expect(stepsOf('')).toEqual([]);
  });

  it('names a step that several parts hold once', () => {
    expect(stepsOf('10,0-20:5')).toEqual([0, 5, 10, 15, 20]);
  });

  it.each([
    ['ten', '"ten" is neither a step'],
    ['10,', 'An empty part'],
    ['-5', '"-5" is neither a step'],
    ['1.5', '"1.5" is neither a step'],
    ['10:2', '"10:2" is neither a step'],
    ['200-100', 'ends before it begins'],
    ['1-9:0', 'distance of 0'],
    ['99999999999', 'beyond step'],
    [`${'1,'.repeat(CAPTURE_STEPS_LIMITS.parts)}1`, 'more than 100 parts'],
    ['1'.repeat(CAPTURE_STEPS_LIMITS.length + 1), 'longer than 1000'],
  ])('refuses %s', (text, sentence) => {
    const parsed = parseCaptureSteps(text);
    expect('error' in parsed ? parsed.error : undefined).toContain(sentence);
  });
});
