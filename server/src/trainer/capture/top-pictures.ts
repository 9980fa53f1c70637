/** Finds, while the test set is evaluated, the pictures that drive each channel of the conv layers highest. */
import { TOP_PICTURE_NUMBERS, TOP_PICTURES } from '@convscope/shared/unit-records.js';
import type { Tensor, Tf } from '../../tfjs/tf.js';
import type { ConvReading } from '../net/network.js';

export interface TopOfLayer {
  readonly layer: string;
  readonly channels: number;
  /** [channel, rank, TOP_PICTURE_NUMBERS], as it is logged. */
  readonly values: Float32Array;
}

export interface TopPicturesSearch {
  /** Call for every conv layer of a batch, inside tf.tidy. */
  read(reading: ConvReading): void;
  /** Call after each batch, whose first picture has the index `first`. */
  batchDone(first: number): Promise<void>;
  /**
   * Call after the last batch. Finds the places of the maxima.
   * @param forward computes these pictures and calls `read` for every conv layer, inside tf.tidy
   */
  finish(forward: (pictures: readonly number[], read: (reading: ConvReading) => void) => void): Promise<void>;
  found(): TopOfLayer[];
  /** Milliseconds that reading the maxima took, without what the forward pass takes longer. */
  milliseconds(): number;
  /** Call when a batch was not finished. */
  dispose(): void;
}

interface Best {
  readonly channels: number;
  readonly width: number;
  /** [channel, rank], descending; −Infinity where there is none yet. */
  readonly maxima: Float32Array;
  readonly pictures: Int32Array;
  /** y · width + x */
  readonly places: Int32Array;
}

interface Kept {
  readonly layer: string;
  readonly tensor: Tensor;
}

/** Pictures of one forward pass that finds places. */
const PLACES_BATCH = 125;

/**
 * Of each batch only the maximum of each map is read. Where it lies is computed for the best pictures alone, in a second pass:
 * the places of all maxima would take most of the time.
 */
export function createTopPicturesSearch(tf: Tf): TopPicturesSearch {
  const layers = new Map<string, Best>();
  let kept: Kept[] = [];
  let spent = 0;

  function dispose(): void {
    tf.dispose(kept.map(({ tensor }) => tensor));
    kept = [];
  }

  /** Reads what was kept of one pass. */
  async function readKept(take: (layer: string, values: Float32Array) => void): Promise<void> {
    for (const { layer, tensor } of kept) take(layer, (await tensor.data()) as Float32Array);
    dispose();
  }

  return {
    read({ layer: { name }, preactivation }) {
      const [, height, width, channels] = preactivation.shape;
      if (!layers.has(name)) layers.set(name, emptyBest(channels, width));
      // Pooling over the whole map is several times faster than a reduction, which wasm does after a transposition.
      const maxima =
        height * width === 1
          ? tf.clone(preactivation)
          : tf.maxPool(preactivation, [height, width], 1, 'valid');
      kept.push({ layer: name, tensor: tf.keep(maxima) });
    },
    async batchDone(first) {
      const started = performance.now();
      await readKept((layer, values) => {
        const best = layers.get(layer)!;
        values.forEach((value, i) => {
          insert(best, i % best.channels, value, first + Math.floor(i / best.channels));
        });
      });
      spent += performance.now() - started;
    },
    async finish(forward) {
      const started = performance.now();
      const pictures = picturesOf(layers.values());
      for (let at = 0; at < pictures.length; at += PLACES_BATCH) {
        const batch = pictures.slice(at, at + PLACES_BATCH);
        forward(batch, ({ layer: { name }, preactivation }) => {
          kept.push({ layer: name, tensor: tf.keep(tf.clone(preactivation)) });
        });
        await readKept((layer, values) => findPlaces(layers.get(layer)!, batch, values));
        await new Promise((resolve) => setImmediate(resolve));
      }
      spent += performance.now() - started;
    },
    milliseconds: () => spent,
    found: () =>
      [...layers].map(([layer, best]) => ({ layer, channels: best.channels, values: asLogged(best) })),
    dispose,
  };
}

function emptyBest(channels: number, width: number): Best {
  const size = channels * TOP_PICTURES;
  return {
    channels,
    width,
    maxima: new Float32Array(size).fill(Number.NEGATIVE_INFINITY),
    pictures: new Int32Array(size).fill(-1),
    places: new Int32Array(size),
  };
}

/** Takes the maximum of one map. Of equal ones the picture that came first stays first, and NaN is never taken. */
function insert({ maxima, pictures }: Best, channel: number, value: number, picture: number): void {
  const start = channel * TOP_PICTURES;
  let at = start + TOP_PICTURES - 1;
  if (!(value > maxima[at]!)) return;
  for (; at > start && maxima[at - 1]! < value; at--) {
    maxima[at] = maxima[at - 1]!;
    pictures[at] = pictures[at - 1]!;
  }
  maxima[at] = value;
  pictures[at] = picture;
}

/** All pictures that are among the best of a channel, ascending. */
function picturesOf(layers: Iterable<Best>): number[] {
  const found = new Set<number>();
  for (const { pictures } of layers) for (const picture of pictures) if (picture >= 0) found.add(picture);
  return [...found].sort((a, b) => a - b);
}

/** `maps` are [picture, y, x, channel] of the pictures `batch`. */
function findPlaces(
  { channels, pictures, places }: Best,
  batch: readonly number[],
  maps: Float32Array,
): void {
  const size = maps.length / batch.length;
  const rows = new Map(batch.map((picture, row) => [picture, row]));
  pictures.forEach((picture, i) => {
    const row = rows.get(picture);
    if (row === undefined) return;
    const channel = Math.floor(i / TOP_PICTURES);
    places[i] = placeOfMaximum(maps.subarray(row * size, (row + 1) * size), channels, channel);
  });
}

/** Of equal values the first, in the order of rows. */
function placeOfMaximum(map: Float32Array, channels: number, channel: number): number {
  let most = Number.NEGATIVE_INFINITY;
  let found = 0;
  for (let at = channel, place = 0; at < map.length; at += channels, place++) {
    if (map[at]! <= most) continue;
    most = map[at]!;
    found = place;
  }
  return found;
}

function asLogged({ maxima, pictures, places, width }: Best): Float32Array {
  const values = new Float32Array(maxima.length * TOP_PICTURE_NUMBERS).fill(Number.NaN);
  maxima.forEach((value, i) => {
    if (pictures[i]! < 0) return;
    const place = places[i]!;
    values.set([pictures[i]!, value, Math.floor(place / width), place % width], i * TOP_PICTURE_NUMBERS);
  });
  return values;
}
