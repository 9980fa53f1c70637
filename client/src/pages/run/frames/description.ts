/** The records that describe a run: its start, its end, its net and its probe pictures. */
import { readModelText } from '@convscope/shared/event-log/model-text.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { PROBE_PICTURES_TAG } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, RUN_START_TAG } from '@convscope/shared/run-record.js';
import { type CaptureRef, captureKey } from '../../../blobs/capture-loader.js';
import type { DecodedText } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import { createStore } from '../../../ui/store.js';
import { modelTag } from './described-logs.js';
import { refAt } from './frame.js';
import type { DecodedOf } from './surroundings.js';

export class Description {
  /** The probe pictures before normalisation. */
  readonly pictures = createStore<readonly ImageBitmap[]>([]);
  #pictureKey = '';
  #modelKey = '';

  /** Reads the records that have been decoded. Returns references to all of them, so that the others are fetched. */
  read(data: RunData, decodedOf: DecodedOf): CaptureRef[] {
    const start = refAt(data, { tag: RUN_START_TAG, kind: 'run-start' }, Number.POSITIVE_INFINITY);
    const end = refAt(data, { tag: RUN_END_TAG, kind: 'run-end' }, Number.POSITIVE_INFINITY);
    const pictures = refAt(data, { tag: PROBE_PICTURES_TAG, kind: 'image' }, Number.POSITIVE_INFINITY);
    const started = start && decodedOf(start);
    if (started?.kind === 'run-start') data.start = started.start;
    const ended = end && decodedOf(end);
    if (ended?.kind === 'run-end') data.end = ended.end;
    const model = this.#modelRef(data);
    const text = model && decodedOf(model);
    if (model !== undefined && text?.kind === 'text') this.#readModel(data, captureKey(model), text);
    const shown = pictures && decodedOf(pictures);
    if (pictures !== undefined && shown?.kind === 'image') this.#show(captureKey(pictures), shown.images);
    return [start, model, pictures, end].filter((ref) => ref !== undefined);
  }

  forget(): void {
    this.#pictureKey = '';
    this.#modelKey = '';
    this.pictures.set([]);
  }

  #modelRef(data: RunData): CaptureRef | undefined {
    const tag = modelTag(data);
    if (tag === undefined) return undefined;
    data.wantBlob(tag, 'text');
    return refAt(data, { tag, kind: 'text' }, Number.POSITIVE_INFINITY);
  }

  /** A text that cannot be read leaves the run without a description; its layers are then found by their tags. */
  #readModel(data: RunData, key: string, { strings }: DecodedText): void {
    if (this.#modelKey === key) return;
    this.#modelKey = key;
    data.textModel = undefined;
    data.textModelError = undefined;
    try {
      data.textModel = readModelText(strings.join(''));
    } catch (error) {
      data.textModelError = messageOf(error);
    }
  }

  #show(key: string, images: readonly Uint8Array[]): void {
    if (this.#pictureKey === key) return;
    this.#pictureKey = key;
    if (typeof createImageBitmap === 'undefined') {
      console.warn('This browser cannot decode the probe pictures: their places stay empty.');
      return;
    }
    const bitmaps = images.map((image) => createImageBitmap(new Blob([image as Uint8Array<ArrayBuffer>])));
    Promise.all(bitmaps).then(
      (pictures) => {
        if (this.#pictureKey === key) this.pictures.set(pictures);
      },
      (error: unknown) => console.error('The probe pictures cannot be shown:', error),
    );
  }
}
