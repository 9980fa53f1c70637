import { createEventDecoder, type DecodedEvent } from '@convscope/shared/event-log/decode-event.js';
import { FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import { createFrameReader, type FrameGap } from '@convscope/shared/event-log/frame-reader.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';

export interface EventReader {
  /** Takes the next bytes of the file, any number of them. */
  push(bytes: Uint8Array): void;
  /** Signals that there are no more bytes for now, and reports damage at the end. */
  finish(): void;
}

/**
 * Reads the bytes of one event file and calls back with its events and gaps. A frame that does not contain an event is
 * reported as a gap. `data` is valid only during the call; `offset` is where its frame begins.
 */
export function createEventReader(options: {
  readonly onEvent: (event: DecodedEvent, data: Uint8Array, offset: number) => void;
  readonly onGap: (gap: FrameGap) => void;
}): EventReader {
  const decoder = createEventDecoder();
  return createFrameReader({
    onEvent(data, offset) {
      let event: DecodedEvent;
      try {
        event = decoder.decodeEvent(data);
      } catch (error) {
        if (!(error instanceof MalformedEventError)) throw error;
        options.onGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: error.message });
        return;
      }
      options.onEvent(event, data, offset);
    },
    onGap: options.onGap,
  });
}
