/**
 * Decodes the shown picture of a pushed capture on the main thread, as soon as it arrives. That takes a millisecond or
 * two, less than sending the capture to the worker, which decodes all of its pictures.
 */
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { type CaptureRef, captureKey } from '../../../blobs/capture-ref.js';
import type { DecodedChannels } from '../../../decode/decoded.js';
import type { Decoder } from '../../../decode/decoder.js';
import { shareStack } from './stacks.js';

export class FirstLook {
  readonly #decoder: Decoder;
  #key = '';
  #maps: DecodedChannels | undefined;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** Call before the bytes are transferred to the worker. Returns false when only the worker can decode them. */
  take({ bytes, tag, ...blob }: LiveBlob, probe: number): boolean {
    const request = { bytes, tag, kind: blob.kind as RecordKind, activation: 'none' as const };
    const maps = this.#decoder.decodePicture(request, probe);
    if (maps === undefined) return false;
    this.#key = captureKey({ ...blob, tag });
    this.#maps = maps;
    return true;
  }

  has(key: string): boolean {
    return key === this.#key;
  }

  /** The decoded picture of a capture, if it is the one of `probe`. */
  of(ref: CaptureRef, probe: number | undefined): DecodedChannels | undefined {
    return this.has(captureKey(ref)) && this.#maps?.probes[0] === probe ? this.#maps : undefined;
  }

  /** Call when the worker has decoded the capture: the picture keeps its objects, so that it is not drawn again. */
  completed(key: string, whole: DecodedChannels): void {
    if (this.has(key) && this.#maps !== undefined) shareStack(this.#maps, whole);
  }

  forget(): void {
    this.#key = '';
    this.#maps = undefined;
  }
}
