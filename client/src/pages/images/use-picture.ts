import { messageOf } from '@convscope/shared/message-of.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { useEffect, useState } from 'react';
import type { Loaded } from '../../blobs/capture-loader.js';
import {
  MEDIA_TYPES,
  type PictureHeader,
  RefusedPictureError,
  readPictureHeader,
} from '../../decode/picture-header.js';

/** What a card shows. It is replaced when the next picture has been decoded, so that the card does not flicker. */
export interface ShownPicture {
  readonly at: BlobRow;
  /** Which picture of how many. */
  readonly picture: number;
  readonly count: number;
  readonly bytes: Uint8Array | undefined;
  readonly header: PictureHeader | undefined;
  readonly bitmap: ImageBitmap | undefined;
  /** Why it cannot be shown. */
  readonly error: string | undefined;
}

/**
 * Decodes a picture of an event, by the browser's own decoder, unless its header claims too much. Out of sight it is
 * forgotten, since decoded pictures are large.
 */
export function usePicture(
  at: BlobRow | undefined,
  loaded: Loaded | undefined,
  wanted: number,
  isVisible: boolean,
): ShownPicture | undefined {
  const [shown, setShown] = useState<ShownPicture>();
  useEffect(() => {
    if (!isVisible) setShown(undefined);
    if (loaded === undefined || at === undefined || !isVisible) return;
    let isGone = false;
    void decode(at, loaded, wanted).then((next) => {
      if (isGone) next.bitmap?.close();
      else setShown(next);
    });
    return () => {
      isGone = true;
    };
  }, [at, loaded, wanted, isVisible]);
  useEffect(() => () => shown?.bitmap?.close(), [shown]);
  return shown;
}

async function decode(at: BlobRow, loaded: Loaded, wanted: number): Promise<ShownPicture> {
  const failed = { at, picture: 0, count: 0, bytes: undefined, header: undefined, bitmap: undefined };
  if ('error' in loaded) return { ...failed, error: loaded.error };
  if (loaded.decoded.kind !== 'image') return { ...failed, error: 'This record holds no pictures.' };
  const { images } = loaded.decoded;
  const picture = Math.max(0, Math.min(images.length - 1, wanted));
  const bytes = images[picture];
  const shown = { at, picture, count: images.length, bytes };
  if (bytes === undefined)
    return { ...failed, error: 'An empty batch was logged: there is no picture in it.' };
  let header: PictureHeader | undefined;
  try {
    header = readPictureHeader(bytes);
    if (typeof createImageBitmap === 'undefined')
      throw new RefusedPictureError('This browser decodes no pictures in the background. Use a newer one.');
    const bitmap = await createImageBitmap(
      new Blob([new Uint8Array(bytes)], { type: MEDIA_TYPES[header.format] }),
    );
    return { ...shown, header, bitmap, error: undefined };
  } catch (error) {
    const sentence =
      error instanceof RefusedPictureError
        ? error.message
        : `The browser cannot decode this ${header?.format ?? 'picture'}: its data are damaged. (${messageOf(error)})`;
    return { ...shown, header, bitmap: undefined, error: sentence };
  }
}
