import { PROBE_PICTURES_TAG } from '@convscope/shared/run-description.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { Decoded } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import { Description } from './description.js';

/** Pictures of the probes were logged at steps 0 and 10, when others were chosen. */
const STEPS = [0, 10];
const data = {
  ...{ run: 'a', generation: 1 },
  tagsOfKind: () => [],
  wantBlob: () => undefined,
  blob: (tag: string) =>
    tag === PROBE_PICTURES_TAG
      ? {
          rowAt: (step: number) => STEPS.findLastIndex((one) => one <= step),
          row: (row: number) => ({ step: STEPS[row] }),
        }
      : undefined,
} as unknown as RunData;

beforeEach(() => {
  vi.stubGlobal('createImageBitmap', async (blob: Blob) => ({ size: blob.size }));
});
afterEach(() => vi.unstubAllGlobals());

/** The record of a row has one picture, of as many bytes as its row's number and one. */
const imageOf = ({ row }: CaptureRef): Decoded => ({
  ...{ kind: 'image', step: STEPS[row]!, width: 1, height: 1 },
  images: [new Uint8Array(row + 1)],
});

test('while the pictures of these maps are being loaded, those of other probes are not shown beside them', async () => {
  const description = new Description();
  const loaded = new Set([1]);
  const read = (step: number) =>
    description.read(data, (ref) => (loaded.has(ref.row) ? imageOf(ref) : undefined), step);
  read(10);
  await vi.waitFor(() => expect(description.pictures.get()).toEqual([{ size: 2 }]));
  expect(read(5).map(({ row }) => row)).toEqual([0]);
  expect(description.pictures.get()).toEqual([]);
  loaded.add(0);
  read(5);
  await vi.waitFor(() => expect(description.pictures.get()).toEqual([{ size: 1 }]));
});

test('the pictures stay while the playhead moves among maps of the same probes', async () => {
  const description = new Description();
  description.read(data, imageOf, 10);
  await vi.waitFor(() => expect(description.pictures.get()).toHaveLength(1));
  const changed = vi.fn();
  description.pictures.subscribe(changed);
  for (const step of [11, 30, 12]) description.read(data, imageOf, step);
  // Not even when their record has left the cache.
  description.read(data, () => undefined, 20);
  expect(changed).not.toHaveBeenCalled();
});
