/** Makes the input of a net from a picture of the user's: decoded here, cropped to a square and resized. */
import {
  MEDIA_TYPES,
  type PictureHeader,
  RefusedPictureError,
  readPictureHeader,
} from '../../../decode/picture-header.js';

/** Of the file. */
export const MOST_BYTES = 16 * 1024 * 1024;

export interface UploadedPicture {
  readonly name: string;
  /** Red, green and blue of each pixel, row by row. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** @throws Error with a sentence if the file is not a picture that can be taken */
export async function readUploadedPicture(file: File, side: number): Promise<UploadedPicture> {
  if (file.size > MOST_BYTES)
    throw new RefusedPictureError(`${file.name} is larger than ${MOST_BYTES / 1024 / 1024} MB.`);
  if (file.size === 0) throw new RefusedPictureError(`${file.name} is empty.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { format } = headerOf(bytes, file.name);
  if (format !== 'PNG' && format !== 'JPEG')
    throw new RefusedPictureError(`${file.name} is a ${format}. A picture must be a PNG or a JPEG.`);
  const bitmap = await decoded(new Blob([bytes], { type: MEDIA_TYPES[format] }), file.name);
  try {
    return { name: file.name.slice(0, 100), pixels: pixelsOf(bitmap, side) };
  } finally {
    bitmap.close();
  }
}

function headerOf(bytes: Uint8Array, name: string): PictureHeader {
  try {
    return readPictureHeader(bytes, 'Make it smaller first.');
  } catch (error) {
    if (error instanceof RefusedPictureError) throw new RefusedPictureError(`${name}: ${error.message}`);
    throw error;
  }
}

async function decoded(blob: Blob, name: string): Promise<ImageBitmap> {
  if (typeof createImageBitmap === 'undefined')
    throw new RefusedPictureError('This browser cannot decode pictures here.');
  try {
    return await createImageBitmap(blob);
  } catch {
    throw new RefusedPictureError(`${name} is damaged: the browser cannot decode it.`);
  }
}

/** The middle square of the picture, on white where it is transparent. */
function pixelsOf(bitmap: ImageBitmap, side: number): Uint8Array<ArrayBuffer> {
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null)
    throw new RefusedPictureError('This browser gives no canvas to resize the picture with.');
  const { x, y, size } = middleSquare(bitmap.width, bitmap.height);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, size, size, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const pixels = new Uint8Array(3 * side * side);
  for (let at = 0; at < side * side; at++) for (let c = 0; c < 3; c++) pixels[3 * at + c] = data[4 * at + c]!;
  return pixels;
}

export function middleSquare(width: number, height: number): { x: number; y: number; size: number } {
  const size = Math.min(width, height);
  return { x: Math.floor((width - size) / 2), y: Math.floor((height - size) / 2), size };
}
