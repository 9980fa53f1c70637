/** What is shown beside the frame, at its step: thumbnails of all layers, and the predictions. */
import { PROBE_PREDICTIONS_TAG } from '@convscope/shared/run-description.js';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { Decoded, DecodedTensor } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import { type MapRecord, type Piece, refAt } from './frame.js';
import type { LayerView } from './layers.js';
import type { TagRef } from './tag-ref.js';

/** How many of the newest captures are checked for one that has been loaded. */
export const LOOK_BACK = 8;

/** Returns a capture if it has been decoded. */
export type DecodedOf = (ref: CaptureRef) => Decoded | undefined;

export interface Place {
  readonly data: RunData;
  readonly layers: readonly LayerView[];
  readonly step: number;
  /** The first row of a tag that the hub will push. */
  readonly coming: (tag: string) => number;
}

export type Thumbnails = ReadonlyMap<string, Piece<MapRecord>>;

/** The newest decoded map after `step`; `known` itself if it is that one. */
export function newestMap(
  data: RunData,
  output: TagRef,
  step: number,
  known: Piece<MapRecord> | undefined,
  decodedOf: DecodedOf,
): Piece<MapRecord> | undefined {
  let ref = refAt(data, output, Number.POSITIVE_INFINITY);
  for (let back = 0; back < LOOK_BACK && ref !== undefined && ref.at.step > step; back++) {
    const piece = mapPiece(ref, known, decodedOf);
    if (piece !== undefined) return piece;
    ref = refAt(data, output, ref.at.step - 1);
  }
  return undefined;
}

/** A map of each layer, by its name; `before` itself when none has changed. */
export function thumbnailsAt(
  { data, layers, step, coming }: Place,
  before: Thumbnails,
  decodedOf: DecodedOf,
): { readonly refs: readonly CaptureRef[]; readonly thumbnails: Thumbnails } {
  const refs: CaptureRef[] = [];
  const thumbnails = new Map<string, Piece<MapRecord>>();
  for (const { name, output } of layers) {
    const ref = refAt(data, output, step, coming(output.tag));
    if (ref === undefined) continue;
    refs.push(ref);
    const old = before.get(name);
    const piece = mapPiece(ref, old, decodedOf) ?? old;
    if (piece !== undefined) thumbnails.set(name, piece);
  }
  const isSame =
    thumbnails.size === before.size && [...thumbnails].every(([name, piece]) => before.get(name) === piece);
  return { refs, thumbnails: isSame ? before : thumbnails };
}

/** The net's predictions for the probes; `before` itself until newer ones have been decoded. */
export function predictionsAt(
  { data, step, coming }: Place,
  before: Piece<DecodedTensor> | undefined,
  decodedOf: DecodedOf,
): { readonly refs: readonly CaptureRef[]; readonly predictions: Piece<DecodedTensor> | undefined } {
  const ref = refAt(
    data,
    { tag: PROBE_PREDICTIONS_TAG, kind: 'tensor' },
    step,
    coming(PROBE_PREDICTIONS_TAG),
  );
  if (ref === undefined) return { refs: [], predictions: before };
  const decoded = decodedOf(ref);
  const isNew = decoded?.kind === 'tensor' && decoded !== before?.decoded;
  return { refs: [ref], predictions: isNew ? { step: ref.at.step, row: ref.row, decoded } : before };
}

function mapPiece(
  ref: CaptureRef,
  known: Piece<MapRecord> | undefined,
  decodedOf: DecodedOf,
): Piece<MapRecord> | undefined {
  const decoded = decodedOf(ref);
  if (decoded?.kind !== 'channels' && decoded?.kind !== 'tensor') return undefined;
  return known?.decoded === decoded ? known : { step: ref.at.step, row: ref.row, decoded };
}
