/**
 * New points of the series that a page has subscribed to, many in one message. Little-endian, one block after the other:
 *
 *   run u32, tag u32 (places in the subscription), generation f64, number of the first row f64,
 *   count u32, kept u32, and for each row: step, wall time, value, f64 each
 *
 * A block without rows says only how many there are: the viewer has missed those before, and fetches them.
 */

const HEAD_BYTES = 32;
export const LIVE_POINT_BYTES = 24;

export interface LivePoints {
  /** Places in the runs and tags of the subscription. */
  readonly run: number;
  readonly tag: number;
  readonly generation: number;
  /** The number of the first row: a viewer with fewer rows fetches the missing ones, one with more drops the overlap. */
  readonly start: number;
  /**
   * How many points the series has after these rows, with one value a step. A viewer that has another number holds points
   * that were replaced: a writer may have begun anew from an earlier step and gone on above all that was logged.
   */
  readonly kept: number;
  readonly steps: Float64Array;
  readonly wallTimes: Float64Array;
  readonly values: Float64Array;
}

export function livePointsBytes(rows: number): number {
  return HEAD_BYTES + rows * LIVE_POINT_BYTES;
}

export function encodeLivePoints(all: readonly LivePoints[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(all.reduce((sum, { steps }) => sum + livePointsBytes(steps.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { run, tag, generation, start, kept, steps, wallTimes, values } of all) {
    view.setUint32(at, run, true);
    view.setUint32(at + 4, tag, true);
    view.setFloat64(at + 8, generation, true);
    view.setFloat64(at + 16, start, true);
    view.setUint32(at + 24, steps.length, true);
    view.setUint32(at + 28, kept, true);
    at += HEAD_BYTES;
    for (let row = 0; row < steps.length; row++, at += LIVE_POINT_BYTES) {
      view.setFloat64(at, steps[row]!, true);
      view.setFloat64(at + 8, wallTimes[row]!, true);
      view.setFloat64(at + 16, values[row]!, true);
    }
  }
  return bytes;
}

/** @throws RangeError when the bytes are not whole blocks. */
export function decodeLivePoints(bytes: Uint8Array): LivePoints[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all: LivePoints[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + HEAD_BYTES > bytes.length) throw new RangeError('The points end in the middle of a block.');
    const count = view.getUint32(at + 24, true);
    // Checked before anything is allocated.
    if (at + livePointsBytes(count) > bytes.length)
      throw new RangeError('The points end in the middle of a block.');
    const block = {
      run: view.getUint32(at, true),
      tag: view.getUint32(at + 4, true),
      generation: view.getFloat64(at + 8, true),
      start: view.getFloat64(at + 16, true),
      kept: view.getUint32(at + 28, true),
      steps: new Float64Array(count),
      wallTimes: new Float64Array(count),
      values: new Float64Array(count),
    };
    at += HEAD_BYTES;
    for (let row = 0; row < block.steps.length; row++, at += LIVE_POINT_BYTES) {
      block.steps[row] = view.getFloat64(at, true);
      block.wallTimes[row] = view.getFloat64(at + 8, true);
      block.values[row] = view.getFloat64(at + 16, true);
    }
    all.push(block);
  }
  return all;
}
