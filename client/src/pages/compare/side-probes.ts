/** What the log of a side says of the pictures that a capture is of: those in force at its step. */
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import type { Loaded } from '../../blobs/capture-loader.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';
import type { RunData } from '../../runs/run-data.js';
import { refAt } from '../run/frames/frame.js';
import { choiceRef, isChoiceComing, probesOfChoice, probesOfStart } from '../run/frames/named-probes.js';
import type { CaptureProbes } from './pictures.js';

const INPUT = { tag: PROBE_INPUT_TAG, kind: 'tensor' } as const;

export interface ReadProbes {
  readonly refs: readonly CaptureRef[];
  /** Undefined while a part of it is being loaded. */
  readonly probes: CaptureProbes | undefined;
}

/**
 * @param isAlone whether they are compared with those of the same run: if it has only ever had one set of them, their
 *   numbers are not needed
 */
export function readProbes(
  data: RunData,
  step: number,
  isAlone: boolean,
  get: (ref: CaptureRef) => Loaded | undefined,
): ReadProbes {
  const input = refAt(data, INPUT, step);
  const isNeeded = !isAlone || (data.blob(INPUT.tag, INPUT.kind)?.rows ?? 0) > 1;
  const inputRef = isNeeded ? input : undefined;
  const choice = choiceRef(data, step);
  const refs = [choice, inputRef].filter((ref) => ref !== undefined);
  const loaded = { input: inputRef && get(inputRef), choice: choice && get(choice) };
  const isComing =
    isChoiceComing(data) ||
    (inputRef !== undefined && loaded.input === undefined) ||
    (choice !== undefined && loaded.choice === undefined);
  if (isComing) return { refs, probes: undefined };
  const numbers = decodedOf(loaded.input);
  const text = decodedOf(loaded.choice);
  const ofStart = choice === undefined && data.start !== undefined ? probesOfStart(data.start) : undefined;
  return {
    refs,
    probes: {
      row: input?.row,
      named: text?.kind === 'text' ? probesOfChoice(text) : ofStart,
      input: numbers?.kind === 'tensor' ? numbers : undefined,
    },
  };
}

function decodedOf(loaded: Loaded | undefined) {
  return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
}
