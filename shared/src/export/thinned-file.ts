import { createEventDecoder } from '../event-log/decode-event.js';
import { encodeFrame } from '../event-log/frame.js';
import { createFrameReader, type FrameGap } from '../event-log/frame-reader.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import type { LogFile } from '../file-log/log-file.js';
import { choosesAll, chosenOf, type ExportChoice, type ExportTally, emptyTally } from './export-choice.js';

/** Bytes to read at a time. */
const CHUNK_BYTES = 1024 * 1024;
const HELD_BYTES = 4096;

/**
 * The bytes of an event file with what is chosen of it, in pieces. Without a choice they are those of the file; with one,
 * what is damaged is left out and told to `gap`, and captures are counted in `tally`.
 */
export async function* thinnedFile(
  file: LogFile,
  choice: ExportChoice,
  gap: (gap: FrameGap) => void,
  tally: ExportTally = emptyTally(),
): AsyncGenerator<Uint8Array> {
  if (choosesAll(choice)) {
    for (let from = 0; from < file.size; from += CHUNK_BYTES)
      yield await file.read(from, Math.min(file.size, from + CHUNK_BYTES));
    return;
  }
  let frames: Uint8Array[] = [];
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    holdBytes: HELD_BYTES,
    onGap: gap,
    onEvent(data) {
      let chosen: Uint8Array | null = data;
      try {
        chosen = chosenOf(decoder.decodeEvent(data), data, choice, tally);
      } catch (error) {
        // No event: the page names it as the gap that it is.
        if (!(error instanceof MalformedEventError)) throw error;
      }
      if (chosen !== null) frames.push(encodeFrame(chosen));
    },
  });
  for (const isAtEnd of [false, true]) {
    if (isAtEnd) reader.finish(file.size);
    for (let next = reader.next(file.size); next !== null; next = reader.next(file.size)) {
      const from = reader.offset;
      reader.push(await file.read(from, Math.min(file.size, from + Math.max(CHUNK_BYTES, next.length))));
      yield* frames;
      frames = [];
    }
  }
  yield* frames;
}
