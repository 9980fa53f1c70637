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

/** The pictures of one channel, largest first. @throws Error if the tensor is no record of top pictures */
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
