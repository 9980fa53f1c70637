/** Events and frames that no writer of ours makes, put together by hand. */
import { maskedCrc32c } from '@convscope/shared/event-log/crc32c.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

const key = (field: number, type: number) => varint(field * 8 + type);

export function whole(field: number, value: number): Buffer {
  return Buffer.concat([key(field, 0), varint(value)]);
}

export function bytes(field: number, value: Uint8Array | string): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([key(field, 2), varint(content.length), content]);
}

function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), content]);
}

function float(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([key(field, 5), content]);
}

/** A summary's value. */
export function value(...parts: readonly Uint8Array[]): Buffer {
  return bytes(1, Buffer.concat(parts));
}

export function scalarValue(tag: Uint8Array | string, number: number): Buffer {
  return value(bytes(1, tag), float(2, number));
}

/** The metadata of a value: its plugin and the plugin's content. */
export function metadata(plugin: string, content: Uint8Array): Buffer {
  return bytes(9, bytes(1, Buffer.concat([bytes(1, plugin), bytes(2, content)])));
}

/** @param dtype as in TensorFlow: 1 float32, 7 string */
export function tensor(dtype: number, shape: readonly number[], ...content: readonly Uint8Array[]): Buffer {
  const dimensions = shape.map((size) => bytes(2, whole(1, size)));
  return bytes(8, Buffer.concat([whole(1, dtype), bytes(2, Buffer.concat(dimensions)), ...content]));
}

/** An event of these fields. */
export function event(step: number, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat([double(1, 1_700_000_000 + step), whole(2, step), ...fields]);
}

export function summary(...values: readonly Uint8Array[]): Buffer {
  return bytes(5, Buffer.concat(values));
}

export function frame(data: Uint8Array): Buffer {
  return Buffer.from(encodeFrame(data).buffer);
}

export function fileVersion(): Buffer {
  return frame(Buffer.concat([double(1, 1_700_000_000), bytes(3, 'brain.Event:2')]));
}

/** A frame's header that claims `length` bytes, with the right checksum. */
export function header(length: number): Buffer {
  const made = Buffer.alloc(12);
  made.writeBigUInt64LE(BigInt(length));
  made.writeUInt32LE(maskedCrc32c(made, 0, 8), 8);
  return made;
}

export function scalar(tag: string, step: number, number: number): Buffer {
  return frame(event(step, summary(scalarValue(tag, number))));
}

export function scalars(tag: string, from: number, to: number): Buffer {
  return Buffer.concat(Array.from({ length: to - from }, (_, i) => scalar(tag, from + i, from + i)));
}

/** A healthy file. */
export function healthyFile(points: number): Buffer {
  return Buffer.concat([fileVersion(), scalars('loss', 0, points)]);
}

/** The record with which a run of ours begins or ends, whatever its text is. */
export function runRecord(which: 'start' | 'end', text: Uint8Array | string): Buffer {
  const [tag, field] = which === 'start' ? ['convscope/run', 2001] : ['convscope/end', 2002];
  return frame(
    event(
      1,
      summary(value(bytes(1, tag), metadata('text', bytes(field, text)), tensor(7, [], bytes(8, 'x')))),
    ),
  );
}
