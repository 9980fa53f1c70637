/** The messages to and from the decoding worker. */
import { messageOf } from '@convscope/shared/message-of.js';
import { type DecodeRequest, decodeForDrawing } from './decode-event.js';
import type { Decoded } from './decoded.js';

export interface DecodeMessage extends DecodeRequest {
  readonly id: number;
}

export type DecodeAnswer =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly error: string };

/** Reports errors to the page instead of throwing them. The page shows them in place of the map. */
export function answerTo(message: DecodeMessage): DecodeAnswer {
  const { id } = message;
  try {
    return { id, decoded: decodeForDrawing(message) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}
