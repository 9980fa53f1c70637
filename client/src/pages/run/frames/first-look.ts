/**
 * A first look at the newest maps: of the capture that is pushed, the picture that is shown, decoded where it arrives.
 * It takes a millisecond or two. The worker, which decodes all pictures, is some turns of two threads away.
 */
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import type { DecodedChannels } from '../../../decode/decoded.js';
import type { Decoder } from '../../../decode/decoder.js';
import { type CaptureRef, captureKey } from './capture-loader.js';
import { shareStack } from './stacks.js';

export class FirstLook {
  readonly #decoder: Decoder;
  #key = '';
  #maps: DecodedChannels | undefined;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** Before the bytes go to the worker. False when these maps have to wait for it. */
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

  /** What was seen of a capture, if it is the picture that is asked for. */
  of(ref: CaptureRef, probe: number | undefined): DecodedChannels | undefined {
    return this.has(captureKey(ref)) && this.#maps?.probes[0] === probe ? this.#maps : undefined;
  }

  /** The whole capture has been decoded. What was drawn of it stays the same object, and is not drawn again. */
  completed(key: string, whole: DecodedChannels): void {
    if (this.has(key) && this.#maps !== undefined) shareStack(this.#maps, whole);
  }

  forget(): void {
    this.#key = '';
    this.#maps = undefined;
  }
}
