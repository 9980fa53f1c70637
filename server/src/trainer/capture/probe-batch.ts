/** The pictures that a capture reads, and how the log is told which of them are the probes. */
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import { PROBE_CHOICE_TAG, PROBE_INPUT_TAG, PROBE_PICTURES_TAG } from '@convscope/shared/run-description.js';
import type { Tensor4D, Tf } from '../../tfjs/tf.js';
import { type RunLog, wallTime } from '../../writer/run-log.js';
import { type BatchAssembler, pictureTensor } from '../data/batches.js';
import type { ProbeChoice, ProbePicture } from '../data/probes.js';
import type { PictureSet } from '../data/training-data.js';

export interface ProbeBatch {
  readonly probes: readonly ProbePicture[];
  /** Normalised, [picture, y, x, channel]: the probes, then other pictures of the statistics. The owner disposes of it. */
  readonly pictures: Tensor4D;
  /** The first picture of the statistics, which go on to the last. */
  readonly statisticsFrom: number;
}

export interface ProbeOptions {
  readonly choice: ProbeChoice;
  readonly test: PictureSet;
  readonly assembler: BatchAssembler;
}

/** The pictures of the statistics stay the same whatever the probes are. The first probes are among them. */
export function createProbeBatch(
  tf: Tf,
  { choice, test, assembler }: ProbeOptions,
  probes: readonly ProbePicture[],
): ProbeBatch {
  const isFirst = probes.every(({ index }, i) => index !== null && index === choice.statistics[i]);
  const others = isFirst ? choice.statistics.slice(probes.length) : choice.statistics;
  const planes = [...probes.map((probe) => probe.planes), ...others.map((index) => test.planes[index]!)];
  const set = setOf(test.side, planes);
  const pictures = pictureTensor(tf, assembler, set, [...planes.keys()]);
  return { probes, pictures, statisticsFrom: isFirst ? 0 : probes.length };
}

/** Logs the probes: normalised, as the model sees them, as PNGs, and by name unless the start of the run names them. */
export function logProbes(
  { choice, test: { side }, assembler }: ProbeOptions,
  probes: readonly ProbePicture[],
  log: RunLog,
  step: number,
  isFirst: boolean,
): void {
  const planes = probes.map((probe) => probe.planes);
  const rows = assembler.assemble(setOf(side, planes), [...planes.keys()]);
  const shape = [probes.length, 3, side, side];
  log.tensor(PROBE_INPUT_TAG, step, 'float32', shape, toPlanes(rows, probes.length, side));
  log.record({
    kind: 'image',
    tag: PROBE_PICTURES_TAG,
    step,
    wallTime: wallTime(),
    width: side,
    height: side,
    images: planes.map((one) => pngOf(one, side)),
  });
  const areOfStart =
    isFirst &&
    probes.length === choice.probes.length &&
    probes.every(({ index }, i) => index === choice.probes[i]?.index);
  if (areOfStart) return;
  const names = probes.map(({ index, label, name }) => ({ index, label, name }));
  log.text(PROBE_CHOICE_TAG, step, JSON.stringify(names));
}

function setOf(side: number, planes: readonly Uint8Array[]): PictureSet {
  return { side, planes, labels: new Uint8Array(planes.length) };
}

/** A square picture given as red, green and blue planes. */
function pngOf(planes: Uint8Array, side: number): Uint8Array {
  const plane = side * side;
  const pixels = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = planes[c * plane + i]!;
  }
  return encodePng(pixels, side, side, 3, (rows) => deflateSync(rows));
}

/** [picture, y, x, channel] → [picture, channel, y, x]. */
function toPlanes(values: Float32Array, pictures: number, side: number): Float32Array {
  const out = new Float32Array(values.length);
  const plane = side * side;
  for (let n = 0; n < pictures; n++) {
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) out[(n * 3 + c) * plane + i] = values[(n * plane + i) * 3 + c]!;
    }
  }
  return out;
}
