/** Events at the edge of what is allowed: as long, as many and as alike as may be. */
import { RECORD_BYTES } from '@convscope/shared/event-log/limits.js';
import { type AmidGoodPoints, amidGoodPoints, type FileKind } from './file-kind.js';
import { bytes, event, frame, metadata, scalar, summary, tensor, value } from './hostile-events.js';

const MB = 1024 * 1024;

/** Tags that a careless comparison takes for each other: by case, normal form, spaces, what nobody sees, and NUL. */
const ALIKE = [
  'loss',
  'Loss',
  'LOSS',
  'loss ',
  ' loss',
  'loss/',
  '/loss',
  'loss\0',
  'loss\0x',
  'lo\u00adss',
  'loss\u200b',
  'l\u043ess',
  'caf\u00e9',
  'cafe\u0301',
  '\u212b',
  '\u00c5',
  'A\u030a',
  '\ufb01t',
  'fit',
  'valueOf',
  'hasOwnProperty',
  '1',
  '01',
  '1e0',
];

function entry(name: string, number: number): Buffer {
  const content = Buffer.alloc(9);
  content[0] = 0x11;
  content.writeDoubleLE(number, 1);
  return bytes(1, Buffer.concat([bytes(1, name), bytes(2, content)]));
}

/** The start of a session with far too many hyperparameters, some of which are called like what objects have. */
function manyHparams(count: number): Buffer {
  const names = ['__proto__', 'constructor', 'toString', ''];
  const entries = Array.from({ length: count }, (_, at) => entry(names[at] ?? `hp${at}`, at));
  const start = bytes(3, Buffer.concat(entries));
  return frame(
    event(0, summary(value(bytes(1, '_hparams_/session_start_info'), metadata('hparams', start)))),
  );
}

/** A text of so many bytes. */
function longText(step: number, length: number): Buffer {
  const text = tensor(7, [], bytes(8, Buffer.alloc(length, 'x')));
  return frame(event(step, summary(value(bytes(1, 'text'), metadata('text', Buffer.alloc(0)), text))));
}

const AMID_GOOD_POINTS: readonly AmidGoodPoints[] = [
  {
    name: 'similar-tags',
    small: 3,
    full: 2_000,
    *records(rounds) {
      for (let step = 0; step < rounds; step++) for (const tag of ALIKE) yield scalar(tag, step, step);
    },
    expect: { tags: ALIKE.length + 1 },
  },
  {
    // Every second row replaces the one before it, or every third begins anew: as many branches as rows.
    name: 'many-branches',
    small: 3_000,
    full: 200_000,
    *records(count) {
      for (let at = 0; at < count; at++) {
        yield scalar('restarted', at % 3, at);
        yield scalar('taken-back', at + 1 - 2 * (at % 2), at);
      }
    },
  },
  { name: 'many-hparams', small: 10_000, full: 200_000, records: (count) => [manyHparams(count)] },
  {
    // Each is just short of what is read at a time, just beyond it, or near the limit of one record; the last is beyond that.
    name: 'long-records',
    small: 1,
    full: RECORD_BYTES / MB - 1,
    *records(megabytes) {
      for (let step = 0; step < 4; step++) {
        yield longText(step, Math.min(16, megabytes) * MB - 200 + step * 100);
        yield longText(step, megabytes * MB);
      }
      if (megabytes > 1) yield longText(4, 250 * MB);
    },
  },
];

export const EDGE_EVENTS: readonly FileKind[] = AMID_GOOD_POINTS.map(amidGoodPoints);
