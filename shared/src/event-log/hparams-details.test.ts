import { expect, test } from 'vitest';
import { readHparamsDetails } from './hparams-details.js';
import { createHparamsEnd, createHparamsStart, readHparams } from './hparams-proto.js';
import { MalformedEventError } from './wire-reader.js';

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

// Serialised by TensorBoard's own plugin_data_pb2.
const EXPERIMENT =
  '12b7010a074120737765657012036164611900000040fc54d94122320a026c72120d6c6561726e696e6720726174651a106f6620746865206f7074696d697a65722003320911000000000000f07f22180a036f707420012a0f0a061a046164616d0a051a0373676422160a086e65737465726f7620022a080a0220010a0220002a380a180a0a76616c69646174696f6e120a65706f63685f6c6f73731a0876616c206c6f73732210616674657220656163682065706f63682802';
const START =
  '1a450a0f0a026c72120911000000000000e03f120d66696c653a2f2f2f6d6f64656c1a1568747470733a2f2f6578616d706c652e6f72672f3122036162632900006040fc54d941';
const END = '220b08021100004042fc54d941';

test('an experiment names its hyperparameters with their domains, and its metrics', () => {
  expect(readHparamsDetails(bytesOf(EXPERIMENT))).toEqual({
    experiment: {
      description: 'A sweep',
      user: 'ada',
      created: 1_700_000_000,
      hparams: [
        {
          name: 'lr',
          displayName: 'learning rate',
          description: 'of the optimizer',
          type: 'float64',
          interval: { min: 0, max: Number.POSITIVE_INFINITY },
        },
        { name: 'opt', type: 'string', discrete: ['adam', 'sgd'] },
        { name: 'nesterov', type: 'bool', discrete: [true, false] },
      ],
      metrics: [
        {
          tag: 'epoch_loss',
          group: 'validation',
          displayName: 'val loss',
          description: 'after each epoch',
          set: 'validation',
        },
      ],
    },
  });
});

test('a session says its group, where it is watched, and how it ended', () => {
  expect(readHparamsDetails(bytesOf(START))).toEqual({
    session: {
      group: 'abc',
      modelUri: 'file:///model',
      monitorUrl: 'https://example.org/1',
      started: 1_700_000_001.5,
    },
  });
  expect(readHparamsDetails(bytesOf(END))).toEqual({ end: { status: 'failure', ended: 1_700_000_009 } });
});

test('the record of a session end says how it ended', () => {
  expect(readHparams(bytesOf(END))).toEqual({ part: 'session-end', values: {}, status: 'failure' });
});

test('what our own writer logs is read', () => {
  const [experiment, start] = createHparamsStart({ lr: 1, adam: true }, ['loss'], 'mine', 5);
  expect(readHparamsDetails(experiment.content).experiment).toMatchObject({
    hparams: [
      { name: 'lr', type: 'float64' },
      { name: 'adam', type: 'bool' },
    ],
    metrics: [{ tag: 'loss', group: '' }],
  });
  expect(readHparamsDetails(start.content).session).toEqual({ group: 'mine', started: 5 });
  expect(readHparamsDetails(createHparamsEnd('success', 7).content).end).toEqual({
    status: 'success',
    ended: 7,
  });
});

test('bytes that are cut off or damaged are refused, and no others of the kind', () => {
  for (const hex of [EXPERIMENT, START, END]) {
    const bytes = bytesOf(hex);
    for (let length = 1; length < bytes.length; length++)
      expect(() => readHparamsDetails(bytes.subarray(0, length))).toThrow(MalformedEventError);
  }
});
