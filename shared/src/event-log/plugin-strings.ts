/**
 * The tensor of a value that is kept as it was stored: sounds, the models that Keras writes as JSON, and numbers of plugins.
 * `value` is a Summary.Value (framework/summary.proto).
 */
import { VALUE } from './event-fields.js';
import { readTensorHead, readTensorStrings, readTensorValues } from './tensor-proto.js';
import { BYTES, VARINT, WireReader } from './wire-reader.js';

/** Summary.Audio, which torch and TensorFlow 1 write. */
const AUDIO = { encoded: 4 } as const;

/** The TensorProto in a value. */
function tensorIn(value: Uint8Array): Uint8Array | undefined {
  const reader = new WireReader(value);
  while (reader.next()) {
    if (reader.field === VALUE.tensor && reader.wire === BYTES) return reader.view();
    reader.skip();
  }
  return undefined;
}

/** The strings of a value's tensor; none if it has no tensor. @throws MalformedEventError */
export function readStrings(value: Uint8Array): { strings: Uint8Array[]; shape: readonly number[] } {
  const tensor = tensorIn(value);
  if (tensor === undefined) return { strings: [], shape: [] };
  const head = readTensorHead(tensor, 0, tensor.length);
  return { strings: readTensorStrings(tensor, 0, tensor.length, head), shape: head.shape };
}

/** The numbers of a value's tensor; undefined if it holds none. @throws MalformedEventError */
export function readNumbers(
  value: Uint8Array,
): { values: Float32Array | Float64Array; shape: readonly number[] } | undefined {
  const tensor = tensorIn(value);
  if (tensor === undefined) return undefined;
  const head = readTensorHead(tensor, 0, tensor.length);
  const values = readTensorValues(tensor, 0, tensor.length, head);
  return values === undefined ? undefined : { values, shape: head.shape };
}

/**
 * The encoded sounds of a value: those of a batch. TensorFlow 2 pairs each with a label, which is left out.
 * @throws MalformedEventError
 */
export function readSounds(value: Uint8Array): Uint8Array[] {
  const reader = new WireReader(value);
  while (reader.next()) {
    if (reader.field !== VALUE.audio || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    const audio = reader.message();
    while (audio.next()) {
      if (audio.field === AUDIO.encoded && audio.wire === BYTES) return [audio.copy()];
      if (audio.wire === VARINT) audio.uint();
      else audio.skip();
    }
  }
  const { strings, shape } = readStrings(value);
  const isPaired = shape.length === 2 && shape[1] === 2;
  return strings.filter((_, at) => !isPaired || at % 2 === 0).map((sound) => new Uint8Array(sound));
}
