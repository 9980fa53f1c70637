/** The records that describe a run: its start, its end, its net and its probe pictures. */
import { readModelText } from '@convscope/shared/event-log/model-text.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { NamedProbe } from '@convscope/shared/probe-choice.js';
import { PROBE_PICTURES_TAG } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, RUN_START_TAG } from '@convscope/shared/run-record.js';
import { type CaptureRef, captureKey } from '../../../blobs/capture-ref.js';
import type { DecodedText } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import { createStore } from '../../../ui/store.js';
import { modelTag } from './described-logs.js';
import { refAt } from './frame.js';
import { choiceRef, probesOfChoice } from './named-probes.js';
import type { DecodedOf } from './surroundings.js';

const NO_PICTURES: readonly ImageBitmap[] = [];

export class Description {
  /** The probe pictures before normalisation. */
  readonly pictures = createStore<readonly ImageBitmap[]>(NO_PICTURES);
  /** Which pictures the probes are; undefined where they are those that the start of the run names. */
  readonly probes = createStore<readonly NamedProbe[] | undefined>(undefined);
  #choiceKey = '';
  #pictureKey = '';
  #modelKey = '';

  /**
   * Reads the records that have been decoded. Returns references to all of them, so that the others are fetched.
   * @param step that of the shown maps, whose probes are wanted
   */
  read(data: RunData, decodedOf: DecodedOf, step: number): CaptureRef[] {
    const start = refAt(data, { tag: RUN_START_TAG, kind: 'run-start' }, Number.POSITIVE_INFINITY);
    const end = refAt(data, { tag: RUN_END_TAG, kind: 'run-end' }, Number.POSITIVE_INFINITY);
    const pictures =
      refAt(data, { tag: PROBE_PICTURES_TAG, kind: 'image' }, step) ??
      // A log that states them later than its first maps has only these.
      refAt(data, { tag: PROBE_PICTURES_TAG, kind: 'image' }, Number.POSITIVE_INFINITY);
    const choice = choiceRef(data, step);
    const named = choice && decodedOf(choice);
    if (choice === undefined) this.probes.set(undefined);
    else if (named?.kind === 'text') this.#readChoice(captureKey(choice), named);
    const started = start && decodedOf(start);
    if (started?.kind === 'run-start') data.start = started.start;
    const ended = end && decodedOf(end);
    if (ended?.kind === 'run-end') data.end = ended.end;
    const model = this.#modelRef(data);
    const text = model && decodedOf(model);
    if (model !== undefined && text?.kind === 'text') this.#readModel(data, captureKey(model), text);
    const shown = pictures && decodedOf(pictures);
    if (pictures !== undefined) {
      this.#leave(captureKey(pictures));
      if (shown?.kind === 'image') this.#show(captureKey(pictures), shown.images);
    }
    return [start, model, pictures, choice, end].filter((ref) => ref !== undefined);
  }

  forget(): void {
    this.#pictureKey = '';
    this.#modelKey = '';
    this.pictures.set(NO_PICTURES);
    this.#choiceKey = '';
    this.probes.set(undefined);
  }

  #readChoice(key: string, text: DecodedText): void {
    if (this.#choiceKey === key && this.probes.get() !== undefined) return;
    this.#choiceKey = key;
    this.probes.set(probesOfChoice(text));
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

  /** Pictures of other probes are not shown beside these maps while theirs are being loaded. */
  #leave(key: string): void {
    if (this.#pictureKey === key) return;
    this.#pictureKey = '';
    this.pictures.set(NO_PICTURES);
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
