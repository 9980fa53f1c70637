/** Pictures that are not what they say, in events. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { crc32 } from './file-kinds.js';
import { bytes, event, frame, metadata, summary, tensor, value } from './hostile-events.js';

const MB = 1024 * 1024;

/** A record of maps of 4×4 whose picture was changed. */
function changedPicture(change: (png: Buffer, at: number) => void, step: number): Buffer {
  const record = encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step, wallTime: 1_700_000_000, layer: 'conv1' },
      ...{ role: 'preactivation', layout: 'NHWC', probes: [0] },
      values: new Float32Array(16).fill(1),
      shape: { pictures: 1, channels: 1, height: 4, width: 4 },
    },
    (pixels) => deflateSync(pixels),
  );
  const data = Buffer.from(encodeEvent(record));
  const at = data.indexOf('IHDR');
  change(data, at);
  data.writeUInt32BE(crc32(data.subarray(at, at + 17)), at + 17);
  return frame(data);
}

/** Another depth, colour type, compression, filter or interlacing than its pixels have, and pixels of another size. */
export function lyingPicture(step: number): Buffer {
  return changedPicture((png, at) => {
    const places = [12, 13, 14, 15, 16];
    if (step % 6 < 5) png[at + places[step % 6]!] = [16, 3, 1, 1, 1][step % 6]!;
    else png.writeUInt32BE(5, at + 4);
  }, step);
}

/** An RGB picture whose zlib stream holds `size` megabytes, and which says that it is of one pixel, with frames of an APNG. */
export function inflatingPicture(step: number, size: number): Buffer {
  const chunk = (name: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), content]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(content.length);
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc32(body));
    return Buffer.concat([head, body, tail]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 16, 2, 0, 0, 1]);
  const control = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('acTL', control),
    chunk('IDAT', deflateSync(Buffer.alloc(size * MB))),
    chunk('fdAT', Buffer.alloc(100, 0xff)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return frame(
    event(
      step,
      summary(
        value(
          bytes(1, 'picture'),
          metadata('images', Buffer.alloc(0)),
          tensor(7, [3], bytes(8, '1'), bytes(8, '1'), bytes(8, png)),
        ),
      ),
    ),
  );
}
