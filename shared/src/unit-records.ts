/** Records about what a unit looks for, and what a prediction depends on. */
/** Test pictures that are kept for each channel. */
export const TOP_PICTURES = 9;
/** Numbers of one of them: its index in the test set, the value of its maximum, and the place (y, x) of that. */
export const TOP_PICTURE_NUMBERS = 4;
/** Float32 holds every whole number up to this one. */
export const MOST_TEST_PICTURES = 2 ** 24;

/**
 * float32 tensor [channel, rank, TOP_PICTURE_NUMBERS]: the test pictures whose maps have the largest maxima, largest first.
 * Values are pre-activations. Ranks that no picture has are NaN.
 */
export function topPicturesTag(layer: string): string {
  return `${layer}/top_pictures`;
}
/**
 * Image: pictures of the test set in rows of SHEET_COLUMNS, each only once in a run. The last row may be shorter, and is black
 * behind its end.
 */
export const TOP_SHEET_TAG = 'test/top_pictures';
/** int32 tensor [picture, 2] of the same steps: index in the test set and class of each picture of the sheet. */
export const TOP_SHEET_INDEX_TAG = 'test/top_pictures_index';
export const SHEET_COLUMNS = 32;

export interface TopPicture {
  /** In the test set. */
  readonly index: number;
  readonly value: number;
  readonly y: number;
  readonly x: number;
}

/** The pictures of one channel, largest first. @throws Error if the tensor is not a record of top pictures */
export function topPicturesOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  channel: number,
): TopPicture[] {
  const [channels = 0, ranks = 0, numbers] = shape;
  if (shape.length !== 3 || numbers !== TOP_PICTURE_NUMBERS || values.length !== channels * ranks * numbers)
    throw new Error(`The record of top pictures has the shape [${shape.join(', ')}].`);
  if (channel >= channels) return [];
  return Array.from({ length: ranks }, (_, rank) => {
    const at = (channel * ranks + rank) * TOP_PICTURE_NUMBERS;
    return { index: values[at]!, value: values[at + 1]!, y: values[at + 2]!, x: values[at + 3]! };
  }).filter(({ index, y, x }) => [index, y, x].every((one) => Number.isInteger(one) && one >= 0));
}

export const OCCLUSION_LIMITS = {
  /** Width of a patch, and the distance of two, in pixels. */
  side: 4096,
  /** Patches of one picture. */
  patches: 1024,
} as const;
export const OCCLUSION_USUAL = { patch: 8, stride: 4 } as const;

/** Where patches lie: `rows` × `rows` of them, all within the picture and in its middle. */
export interface OcclusionGrid {
  readonly patch: number;
  readonly stride: number;
  readonly rows: number;
  /** Pixels from the upper and left edge to the first patch. */
  readonly offset: number;
}

/** @returns a sentence if there is no such grid, or it has too many patches */
export function occlusionGrid(side: number, patch: number, stride: number): OcclusionGrid | string {
  if (!(Number.isInteger(patch) && patch >= 1 && patch <= side))
    return `A patch must be from 1 to ${side} pixels wide.`;
  if (!(Number.isInteger(stride) && stride >= 1 && stride <= side))
    return `The stride must be from 1 to ${side} pixels.`;
  const rows = Math.floor((side - patch) / stride) + 1;
  if (rows * rows > OCCLUSION_LIMITS.patches)
    return `These are ${rows * rows} patches; ${OCCLUSION_LIMITS.patches} are the most. A larger stride has fewer.`;
  return { patch, stride, rows, offset: Math.floor(((side - patch) % stride) / 2) };
}

/** float32 tensor [class, row, column]: the probability of each class while the patch there is covered. */
export function occlusionTag(probe: number): string {
  return `probes/${probe}/occlusion`;
}
/** float32 tensor [channel, y, x]: the gradient of the class score with respect to the normalised picture. */
export function saliencyTag(probe: number, label: number): string {
  return `probes/${probe}/saliency/${label}`;
}
/** Text of the same step as the record `tag`: an OcclusionFacts or SaliencyFacts as JSON. */
export function factsTag(tag: string): string {
  return `${tag}/facts`;
}
/** The class of a tag of saliencyTag for this probe. */
export function saliencyClass(tag: string, probe: number): number | undefined {
  const prefix = saliencyTag(probe, 0).slice(0, -1);
  const rest = tag.startsWith(prefix) ? tag.slice(prefix.length) : '';
  return /^\d{1,9}$/.test(rest) ? Number(rest) : undefined;
}

/** What was measured of the net's work on one picture, in milliseconds. Null where nothing has been measured yet. */
export interface PictureCost {
  readonly forward: number | null;
  /** Whether `forward` is of an occlusion map; of an evaluation, which runs more pictures at once, otherwise. */
  readonly ofOcclusion: boolean;
  readonly saliency: number | null;
}

/** Estimated milliseconds of an occlusion map; undefined if nothing is known. */
export function estimateOcclusion({ forward }: PictureCost, { rows }: OcclusionGrid): number | undefined {
  return forward === null ? undefined : forward * (rows * rows + 1);
}

/** Forward passes that a gradient is estimated as, until one has been measured. */
const GRADIENT_IN_PASSES = 8;

export function estimateSaliency({ forward, saliency }: PictureCost): number | undefined {
  return saliency ?? (forward === null ? undefined : GRADIENT_IN_PASSES * forward);
}
