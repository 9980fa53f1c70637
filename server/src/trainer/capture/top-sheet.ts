/** Logs the top pictures of the channels, and the pictures themselves, each once in a run and within a bound. */
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import {
  SHEET_COLUMNS,
  TOP_PICTURE_NUMBERS,
  TOP_PICTURES,
  TOP_SHEET_INDEX_TAG,
  TOP_SHEET_TAG,
  topPicturesTag,
} from '@convscope/shared/unit-records.js';
import { type RunLog, wallTime } from '../../writer/run-log.js';
import type { PictureSet } from '../data/training-data.js';
import type { TopOfLayer } from './top-pictures.js';

/** Bytes of pixels of all pictures that a run logs. Compressed they are somewhat fewer. */
export const SHEET_BYTES = 12 * 1024 * 1024;

export interface TopSheet {
  /** @param isLast whether no more will be logged, so that all of the rest may be used */
  log(found: readonly TopOfLayer[], step: number, isLast: boolean): void;
}

export function createTopSheet(log: RunLog, test: PictureSet, most = SHEET_BYTES): TopSheet {
  const logged = new Set<number>();
  const bytes = 3 * test.side * test.side;
  const room = Math.floor(most / bytes);
  return {
    log(found, step, isLast) {
      for (const { layer, channels, values } of found)
        log.tensor(
          topPicturesTag(layer),
          step,
          'float32',
          [channels, TOP_PICTURES, TOP_PICTURE_NUMBERS],
          values,
        );
      const left = room - logged.size;
      // Half of the rest each time, so that later evaluations have room for theirs.
      const pictures = newPictures(found, logged).slice(0, isLast ? left : Math.ceil(left / 2));
      if (pictures.length === 0) return;
      for (const picture of pictures) logged.add(picture);
      const { width, height, png } = sheetOf(test, pictures);
      const index = Float32Array.from(pictures.flatMap((picture) => [picture, test.labels[picture]!]));
      log.tensor(TOP_SHEET_INDEX_TAG, step, 'int32', [pictures.length, 2], index);
      log.record({
        kind: 'image',
        tag: TOP_SHEET_TAG,
        step,
        wallTime: wallTime(),
        width,
        height,
        images: [png],
      });
    },
  };
}

/** The pictures that have not been logged. Those that are first of a channel come before those that are second. */
function newPictures(found: readonly TopOfLayer[], logged: ReadonlySet<number>): number[] {
  const pictures = new Set<number>();
  for (let rank = 0; rank < TOP_PICTURES; rank++) {
    for (const { channels, values } of found) {
      for (let channel = 0; channel < channels; channel++) {
        const picture = values[(channel * TOP_PICTURES + rank) * TOP_PICTURE_NUMBERS]!;
        if (!Number.isNaN(picture) && !logged.has(picture)) pictures.add(picture);
      }
    }
  }
  return [...pictures];
}

function sheetOf({ side, planes }: PictureSet, pictures: readonly number[]) {
  const columns = Math.min(SHEET_COLUMNS, pictures.length);
  const width = columns * side;
  const height = Math.ceil(pictures.length / columns) * side;
  const pixels = new Uint8Array(3 * width * height);
  const plane = side * side;
  pictures.forEach((picture, n) => {
    const from = planes[picture]!;
    const top = Math.floor(n / columns) * side;
    const left = (n % columns) * side;
    for (let i = 0; i < plane; i++) {
      const to = 3 * ((top + Math.floor(i / side)) * width + left + (i % side));
      for (let c = 0; c < 3; c++) pixels[to + c] = from[c * plane + i]!;
    }
  });
  return { width, height, png: encodePng(pixels, width, height, 3, (rows) => deflateSync(rows), 'paeth') };
}
