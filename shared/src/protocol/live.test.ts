import { expect, it } from 'vitest';
import { type RunSummary, runSummarySchema } from './live.js';

it('keeps every field of a run’s summary', () => {
  // `Required`, so that a new field that the schema would drop does not compile without being added here.
  const complete: Required<RunSummary> = {
    ...{ run: 'a', state: 'live', synthetic: false, generation: 1, readToEnd: true, lastStep: 3, bytes: 4 },
    ...{
      firstWallTime: 1,
      lastChange: 2,
      lastWallTime: 2,
      gaps: 0,
      kinds: ['scalar'],
      sparkline: ['NaN'],
      loss: 'NaN',
      lossTag: 'train/loss',
      notFiniteSince: 3,
    },
    ...{
      config: { lr: 0.1, optimizer: 'sgd', nesterov: false },
      configOmitted: 2,
      totalSteps: 9,
      secondsPerStep: 0.25,
      error: 'e',
      notShown: ['5 values are not shown.'],
      beside: ['A profile lies beside.'],
      label: 'the best',
      note: 'a note',
      archived: true,
      trainingPaused: true,
      unreadable: 1,
    },
  };
  expect(runSummarySchema.parse(complete)).toEqual(complete);
});
