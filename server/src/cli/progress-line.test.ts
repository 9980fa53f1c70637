import { describe, expect, it } from 'vitest';
import type { TrainProgress } from '../trainer/progress.js';
import { createProgressLine, formatDuration, formatProgress } from './progress-line.js';

const training: TrainProgress = {
  phase: 'training',
  epoch: 2,
  epochs: 10,
  step: 812,
  totalSteps: 7820,
  loss: 1.4567,
  accuracy: 0.46875,
  testAccuracy: 0.5012,
  imagesPerSecond: 611.4,
  secondsLeft: 733.2,
};

describe('the progress line', () => {
  it('shows epoch, step, loss, accuracy, images per second and the time left', () => {
    expect(formatProgress(training)).toBe(
      'epoch 2/10  step 812/7820  loss 1.457  acc 46.9 %  test 50.1 %  611 img/s  ETA 12:13',
    );
  });

  it.each([
    [79, 'epoch 2/10  step 812/7820  loss 1.457  acc 46.9 %  611 img/s  ETA 12:13'],
    [59, 'epoch 2/10  step 812/7820  loss 1.457  ETA 12:13'],
    [40, 'step 812/7820  loss 1.457  ETA 12:13'],
    [16, 'step 812/7820  l'],
  ])('leaves out whole parts if it is wider than %d characters', (width, line) => {
    expect(formatProgress(training, width)).toBe(line);
  });

  it('shows what is being prepared and how far it is', () => {
    const preparing = {
      ...training,
      phase: 'preparing',
      message: 'fetching CIFAR-10',
      fraction: 0.42,
    } as const;
    expect(formatProgress(preparing)).toBe('fetching CIFAR-10 42 %');
  });

  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [3599.4, '59:59'],
    [3661, '1:01:01'],
    [-3, '0:00'],
  ])('formats %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('is redrawn in place on a terminal, no wider than it, with other lines above', () => {
    let written = '';
    const line = createProgressLine({ isTTY: true, columns: 40, write: (text) => (written += text) });
    line.show(training);
    line.say('The hub is back.');
    line.show({ ...training, step: 813 });
    line.end();
    expect(written.replaceAll('\u001b[2K', '<clear>')).toBe(
      'step 812/7820  loss 1.457  ETA 12:13\r<clear>The hub is back.\n' +
        'step 812/7820  loss 1.457  ETA 12:13\r<clear>step 813/7820  loss 1.457  ETA 12:13\n',
    );
  });

  it('is printed every few seconds without a terminal', () => {
    let [written, now] = ['', 0];
    const line = createProgressLine({ write: (text) => (written += text) }, () => now);
    for (now = 0; now < 12_000; now += 100) line.show({ ...training, step: now });
    line.end();
    expect(written.match(/step \d+/g)).toEqual(['step 0', 'step 5000', 'step 10000']);
  });
});
