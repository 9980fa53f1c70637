/** Events of every kind that convscope writes, which files of other writers do not hold. */
import { zlibSync } from 'fflate';
import { encodeChannels } from '../../channels/channels-record.js';
import { encodePng } from '../../channels/png.js';
import { encodeEvent } from '../../event-log/decode-event.js';
import { createHparamsStart } from '../../event-log/hparams-proto.js';
import { createTensorRecord } from '../../event-log/tensor-proto.js';
import { RUN_END_TAG } from '../../run-record.js';
import { conv2dDescription, runStartRecord } from '../run-start.js';
import type { Samples } from './target.js';

const when = { step: 3, wallTime: 1_700_000_000 };
const deflate = (bytes: Uint8Array) => zlibSync(bytes);

/** The samples, and with them events and pictures of our own. */
export function withOwnEvents(samples: Samples): Samples {
  const picture = encodePng(new Uint8Array(4 * 5 * 3).fill(70), 5, 4, 3, deflate, 'paeth');
  return {
    events: [...samples.events, ...ownEvents(picture)],
    pictures: [...samples.pictures, picture],
  };
}

function ownEvents(picture: Uint8Array): Uint8Array[] {
  const shape = { pictures: 2, channels: 3, height: 4, width: 5 };
  const values = Float32Array.from({ length: 120 }, (_, at) => (at % 50 === 7 ? Number.NaN : Math.sin(at)));
  const layers = [conv2dDescription(), conv2dDescription({ name: 'conv2' })];
  return [
    encodeChannels(
      {
        ...when,
        ...{ tag: 'conv1/preactivation', layer: 'conv1', role: 'preactivation', layout: 'NCHW' },
        ...{ values, shape, probes: [0, 1] },
      },
      deflate,
    ),
    createTensorRecord({ ...when, tag: 'conv1/weight', dtype: 'float32', shape: [6, 20], values }),
    createTensorRecord({ ...when, tag: 'm', dtype: 'int32', shape: [120], values: values.map(Math.round) }),
    runStartRecord({ config: { lr: 0.1, name: 'a' }, model: { layers }, probes: [{ index: 1, label: 0 }] }),
    {
      ...{ kind: 'run-end' as const, tag: RUN_END_TAG, ...when },
      end: { version: 1 as const, reason: 'failed' as const, seconds: 2, error: 'It failed.' },
    },
    { kind: 'image' as const, ...when, tag: 'pictures', width: 5, height: 4, images: [picture, picture] },
    { kind: 'histogram' as const, ...when, tag: 'h', buckets: Float64Array.of(0, 1, 2, 1, 2, 5) },
    { kind: 'text' as const, ...when, tag: 't', strings: ['a', 'b'], shape: [2] },
    ...createHparamsStart({ lr: 0.1, name: 'a', isDry: true }, ['loss'], 'group', 1),
  ].map(encodeEvent);
}
