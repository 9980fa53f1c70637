/** What the parts of the fuzz have in common. */
import { decodeEvent } from '../../event-log/decode-event.js';
import { createFrameReader } from '../../event-log/frame-reader.js';
import { REASON_CHARACTERS } from '../../event-log/limits.js';
import { MalformedEventError } from '../../event-log/wire-reader.js';
import type { Random } from './random.js';

/** What became of an input: it was read, or it was refused with a declared error. */
export type Outcome = 'read' | 'refused';

/** Makes one input and feeds it to a reader. @throws Finding when the reader does not keep what it promises */
export type FuzzTarget = (random: Random) => Outcome;

/** A promise that was broken, with the bytes that broke it. */
export class Finding extends Error {
  override name = 'Finding';
  readonly input: Uint8Array;

  constructor(what: string, input: Uint8Array, cause?: unknown) {
    super(what, { cause });
    this.input = input.slice();
  }
}

/** Runs `work` with the errors that it declares. @throws Finding for every other error, and for one that is too long */
export function onlyDeclared(
  what: string,
  input: Uint8Array,
  declared: readonly (abstract new (...args: never[]) => Error)[],
  work: () => void,
): Outcome {
  try {
    work();
    return 'read';
  } catch (error) {
    if (error instanceof Finding) throw error;
    const isDeclared = declared.some((kind) => error instanceof kind);
    if (!isDeclared || !(error instanceof Error))
      throw new Finding(`${what} threw ${String(error)}`, input, error);
    if (error.message.length > REASON_CHARACTERS) {
      throw new Finding(`${what} gave a reason of ${error.message.length} characters`, input, error);
    }
    return 'refused';
  }
}

/** Real data that the fuzz damages. */
export interface Samples {
  /** Events of real files, without their frames. */
  readonly events: readonly Uint8Array[];
  /** PNGs of real files. */
  readonly pictures: readonly Uint8Array[];
}

/** Longer events take the fuzz's time and have the same parts. */
const SAMPLE_BYTES = 20_000;

/** Takes the events and pictures out of event files. */
export function samplesOf(files: readonly Uint8Array[]): Samples {
  const events: Uint8Array[] = [];
  const pictures: Uint8Array[] = [];
  for (const file of files) {
    const reader = createFrameReader({
      onGap: () => undefined,
      onEvent(data) {
        if (data.length > SAMPLE_BYTES) return;
        events.push(data.slice());
        pictures.push(...picturesIn(data));
      },
    });
    reader.push(file);
  }
  return { events, pictures };
}

function picturesIn(event: Uint8Array): readonly Uint8Array[] {
  try {
    return decodeEvent(event).values.flatMap((value) => {
      const record = value.kind === 'image' ? value.toRecord() : undefined;
      return record?.kind === 'image' ? record.images : [];
    });
  } catch (error) {
    // One of the fixtures holds a record that is not an event.
    if (error instanceof MalformedEventError) return [];
    throw error;
  }
}
