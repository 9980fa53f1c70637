/** The frames of an animated GIF: by the browser's ImageDecoder where there is one, else by gifuct-js. */
import { MEDIA_TYPES, type PictureHeader } from '../../decode/picture-header.js';

export interface Animation {
  readonly frames: number;
  /** Draws a frame over what the frames before it have left. Returns how long it is shown, in milliseconds. */
  draw(frame: number, context: CanvasRenderingContext2D): Promise<number>;
  close(): void;
}

/** Browsers show a frame without a duration for so long. */
const USUAL_MS = 100;
const SHORTEST_MS = 20;

function durationOf(milliseconds: number | null | undefined): number {
  return milliseconds == null || milliseconds < SHORTEST_MS ? USUAL_MS : milliseconds;
}

/** @throws if the GIF is damaged */
export async function openAnimation(bytes: Uint8Array, header: PictureHeader): Promise<Animation> {
  return typeof ImageDecoder === 'undefined' ? openByLibrary(bytes, header) : openByBrowser(bytes, header);
}

async function openByBrowser(bytes: Uint8Array, { format }: PictureHeader): Promise<Animation> {
  const decoder = new ImageDecoder({ data: new Uint8Array(bytes), type: MEDIA_TYPES[format] });
  // The tracks are known after the data, and their frames after the first has been decoded.
  await decoder.completed;
  await decoder.tracks.ready;
  (await decoder.decode({ frameIndex: 0 })).image.close();
  return {
    frames: decoder.tracks.selectedTrack?.frameCount ?? 1,
    async draw(frameIndex, context) {
      const { image } = await decoder.decode({ frameIndex });
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      context.drawImage(image, 0, 0);
      const duration = image.duration === null ? undefined : image.duration / 1000;
      image.close();
      return durationOf(duration);
    },
    close: () => decoder.close(),
  };
}

export async function openByLibrary(bytes: Uint8Array, { width, height }: PictureHeader): Promise<Animation> {
  const { decompressFrame, parseGIF } = await import('gifuct-js');
  const gif = parseGIF(new Uint8Array(bytes).buffer);
  const frames = gif.frames.flatMap((frame) => {
    if (!('image' in frame)) return [];
    const { left, top, width: w, height: h } = frame.image.descriptor;
    // A frame claims a size of its own, for which memory would be allocated.
    if (left + w > width || top + h > height) throw new Error('A frame of the GIF is larger than the GIF.');
    return [frame];
  });
  let drawn = -1;
  let leftover: (() => void) | undefined;
  const drawNext = (context: CanvasRenderingContext2D): number => {
    drawn++;
    const parsed = frames[drawn];
    const frame = parsed === undefined ? undefined : decompressFrame(parsed, gif.gct, true);
    if (frame === undefined) return USUAL_MS;
    const { left, top, width: w, height: h } = frame.dims;
    leftover?.();
    leftover = undefined;
    if (frame.disposalType === 2) leftover = () => context.clearRect(left, top, w, h);
    if (frame.disposalType === 3) {
      const before = context.getImageData(left, top, w, h);
      leftover = () => context.putImageData(before, left, top);
    }
    const patch = document.createElement('canvas');
    patch.width = w;
    patch.height = h;
    patch.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(frame.patch), w, h), 0, 0);
    context.drawImage(patch, left, top);
    return durationOf(frame.delay);
  };
  return {
    frames: frames.length,
    draw(wanted, context) {
      if (wanted <= drawn) {
        drawn = -1;
        leftover = undefined;
        context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      }
      let duration = USUAL_MS;
      while (drawn < wanted) duration = drawNext(context);
      return Promise.resolve(duration);
    },
    close: () => undefined,
  };
}
