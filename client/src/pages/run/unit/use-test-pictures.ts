/** Pictures of the test set as the log holds them: each once, in sheets. */
import { SHEET_COLUMNS, TOP_SHEET_INDEX_TAG, TOP_SHEET_TAG } from '@convscope/shared/unit-records.js';
import { useEffect, useMemo, useState } from 'react';
import { refOf } from '../../../blobs/blobs.js';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import { useBlobRows, useBlobs } from '../../../blobs/use-blobs.js';
import type { DecodedImages } from '../../../decode/decoded.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

export interface TestPicture {
  /** Its class by number. */
  readonly label: number;
  /** Undefined while the sheet is on its way. */
  readonly sheet: ImageBitmap | undefined;
  /** Its corner in the sheet, and its size. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

interface Place {
  readonly sheet: CaptureRef;
  /** How many pictures are before it in the sheet, and how many are in a row. */
  readonly at: number;
  readonly columns: number;
  readonly label: number;
}

const bitmaps = new WeakMap<DecodedImages, ImageBitmap>();

/**
 * The wanted pictures by their index in the test set. Missing are those that the log does not hold; undefined while it is
 * not known which these are.
 */
export function useTestPictures(wanted: readonly number[]): ReadonlyMap<number, TestPicture> | undefined {
  const blobs = useBlobs();
  const run = useStore(useRunPage().run, (one) => one?.run) ?? '';
  const indexRows = useBlobRows({ run, tag: TOP_SHEET_INDEX_TAG, kind: 'tensor' });
  const sheetRows = useBlobRows({ run, tag: TOP_SHEET_TAG, kind: 'image' });
  const version = useStoreValue(blobs.version);
  const [decodedSheets, setDecodedSheets] = useState(0);
  const key = wanted.join();
  const indexes = useMemo(
    () => Array.from({ length: indexRows?.count ?? 0 }, (_, row) => refOf(indexRows!, row)),
    [indexRows],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what has been loaded
  const found = useMemo(() => {
    const places = new Map<number, Place>();
    let isKnown = indexRows?.isComplete === true;
    const open = new Set(key === '' ? [] : key.split(',').map(Number));
    indexes.forEach((ref, row) => {
      const loaded = ref === undefined ? undefined : blobs.event(ref);
      const sheet = sheetRows === undefined ? undefined : refOf(sheetRows, row);
      if (loaded === undefined || sheet === undefined) isKnown = false;
      else if ('decoded' in loaded && loaded.decoded.kind === 'tensor') {
        const { values } = loaded.decoded;
        for (let at = 0; 2 * at < values.length; at++) {
          const index = values[2 * at]!;
          if (!open.has(index)) continue;
          const columns = Math.min(SHEET_COLUMNS, values.length / 2);
          places.set(index, { sheet, at, columns, label: values[2 * at + 1]! });
        }
      }
    });
    return { places, isKnown };
  }, [blobs, version, indexes, indexRows, sheetRows, key]);

  const sheets = useMemo(() => [...new Set([...found.places.values()].map(({ sheet }) => sheet))], [found]);
  useEffect(() => {
    const owner = {};
    const refs = [...indexes.flatMap((ref) => ref ?? []), ...sheets];
    blobs.wish(
      owner,
      refs.filter((ref) => blobs.event(ref) === undefined),
    );
    return () => blobs.wish(owner, []);
  }, [blobs, indexes, sheets]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what has been loaded
  useEffect(() => {
    let isGone = false;
    for (const ref of sheets) {
      const decoded = imagesOf(blobs.event(ref));
      const [png] = decoded?.images ?? [];
      if (decoded === undefined || png === undefined || bitmaps.has(decoded)) continue;
      if (typeof createImageBitmap === 'undefined') continue;
      createImageBitmap(new Blob([png as Uint8Array<ArrayBuffer>])).then(
        (bitmap) => {
          bitmaps.set(decoded, bitmap);
          if (!isGone) setDecodedSheets((count) => count + 1);
        },
        (error: unknown) => console.error('A sheet of test pictures cannot be shown:', error),
      );
    }
    return () => {
      isGone = true;
    };
  }, [blobs, version, sheets]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the counts stand for what has been loaded and decoded
  return useMemo(() => {
    if (!found.isKnown && found.places.size < wanted.length) return undefined;
    const pictures = new Map<number, TestPicture>();
    for (const [index, { sheet, at, columns, label }] of found.places) {
      const decoded = imagesOf(blobs.event(sheet));
      const side = (decoded?.width ?? 0) / columns;
      pictures.set(index, {
        label,
        sheet: decoded && bitmaps.get(decoded),
        x: (at % columns) * side,
        y: Math.floor(at / columns) * side,
        side,
      });
    }
    return pictures;
  }, [found, version, decodedSheets]);
}

function imagesOf(loaded: ReturnType<ReturnType<typeof useBlobs>['event']>): DecodedImages | undefined {
  return loaded !== undefined && 'decoded' in loaded && loaded.decoded.kind === 'image'
    ? loaded.decoded
    : undefined;
}
