/** Which pictures the probes of a step are, by what the log says of them. */
import { type NamedProbe, readProbeChoice } from '@convscope/shared/probe-choice.js';
import { PROBE_CHOICE_TAG, PROBE_PICTURES_TAG } from '@convscope/shared/run-description.js';
import type { RunStart } from '@convscope/shared/run-record.js';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { DecodedText } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import { refAt } from './frame.js';

/** What states the probes of a step; undefined where they are those that the start of the run names. */
export function choiceRef(data: RunData, step: number): CaptureRef | undefined {
  if (data.blob(PROBE_PICTURES_TAG, 'image') === undefined) return undefined;
  data.wantBlob(PROBE_CHOICE_TAG, 'text');
  return refAt(data, { tag: PROBE_CHOICE_TAG, kind: 'text' }, step);
}

/** Whether records that state probes may still become known. */
export function isChoiceComing(data: RunData): boolean {
  const isLogged = data.blobTags.some(({ tag, kind }) => tag === PROBE_CHOICE_TAG && kind === 'text');
  return isLogged && !data.hasAllOfBlob(PROBE_CHOICE_TAG, 'text');
}

const read = new WeakMap<DecodedText, { readonly probes: readonly NamedProbe[] | undefined }>();

/** The same array for the same record. Undefined for a text that states none. */
export function probesOfChoice(text: DecodedText): readonly NamedProbe[] | undefined {
  const known = read.get(text) ?? { probes: readProbeChoice(text.strings.join('')) };
  read.set(text, known);
  return known.probes;
}

/** "test picture 20, horse", or "cat.png, a viewer’s picture". */
export function nameOfProbe({ index, name }: NamedProbe): string {
  return index === null ? `${name}, a viewer’s picture` : `test picture ${index}, ${name}`;
}

const started = new WeakMap<RunStart, readonly NamedProbe[]>();

/** The probes that the start of a run names, by their classes. The same array for the same start. */
export function probesOfStart(start: RunStart): readonly NamedProbe[] {
  const { classes } = start.data;
  const known =
    started.get(start) ??
    start.probes.map((one) => ({ ...one, name: classes[one.label] ?? `class ${one.label}` }));
  started.set(start, known);
  return known;
}
