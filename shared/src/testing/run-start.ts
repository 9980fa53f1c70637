/** Complete run starts and layers for tests and benches, which name only what they are about. */
import type { Conv2dDescription } from '../run-description.js';
import { type RecordOf, RUN_START_TAG, type RunStart } from '../run-record.js';

type Parts = 'data' | 'model' | 'plan';
export type RunStartChange = Partial<Omit<RunStart, Parts>> & {
  readonly [K in Parts]?: Partial<RunStart[K]>;
};

export function runStart({ data, model, plan, ...change }: RunStartChange = {}): RunStart {
  return {
    version: 1,
    runUid: '0123456789abcdef0123456789abcdef',
    name: 'test',
    config: {},
    environment: {},
    probes: [],
    statisticsPictures: 0,
    ...change,
    data: {
      name: 'none',
      synthetic: true,
      classes: [],
      trainPictures: 0,
      testPictures: 0,
      mean: [],
      std: [],
      ...data,
    },
    model: { name: 'none', parameters: 0, inputShape: [1, 16, 16], layers: [], ...model },
    plan: { epochs: 1, stepsPerEpoch: 1, totalSteps: 1, ...plan },
  };
}

/** The first record of a run. @param wallTime seconds since the epoch */
export function runStartRecord(change: RunStartChange = {}, wallTime = 1_700_000_000): RecordOf<'run-start'> {
  return { kind: 'run-start', tag: RUN_START_TAG, step: 0, wallTime, start: runStart(change) };
}

/** A 3×3 convolution of the probe pictures, [1, 32, 32] to [1, 32, 32], with bias and ReLU. */
export function conv2dDescription(change: Partial<Conv2dDescription> = {}): Conv2dDescription {
  return {
    type: 'conv2d',
    name: 'conv1',
    inputs: ['input'],
    inChannels: 1,
    outChannels: 1,
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1],
    dilation: [1, 1],
    groups: 1,
    paddingMode: 'zeros',
    bias: true,
    activation: 'relu',
    inputShape: [1, 32, 32],
    outputShape: [1, 32, 32],
    input: { from: 'probes' },
    ...change,
  };
}
