import { expect, it } from 'vitest';
import { FrameReader } from './frame-reader.js';

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

it.each([1, 2, 3, 7, 1000, 100_000])('reads frames that come in chunks of %d bytes', (size) => {
  const heard: unknown[] = [];
  const reader = new FrameReader({
    text: (text) => heard.push(text),
    wants: () => 3,
    binary: (bytes) => heard.push(bytes.toString()),
    closed: () => heard.push('closed'),
  });
  const long = 'x'.repeat(70_000);
  const bytes = Buffer.concat([
    frame(1, Buffer.from('a')),
    frame(1, Buffer.alloc(0)),
    frame(2, Buffer.from('abcdef')),
    frame(1, Buffer.from('y'.repeat(200))),
    frame(1, Buffer.from(long)),
    frame(8, Buffer.alloc(0)),
  ]);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  expect(heard).toEqual(['a', '', 'abc', 'y'.repeat(200), long, 'closed']);
});
