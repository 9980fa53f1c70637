/** A worker that decodes events. Typed arrays are transferred back without a copy. */
import { messageOf } from '@convscope/shared/message-of.js';
import { type DecodeRequest, decodeForDrawing } from './decode-event.js';
import type { Decoded } from './decoded.js';

export interface DecodeMessage extends DecodeRequest {
  readonly id: number;
}

export type DecodeAnswer =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly error: string };

interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeMessage>) => void) | null;
  postMessage(message: DecodeAnswer, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

/** Reports errors to the page instead of throwing them. The page shows them in place of the map. */
function decode(message: DecodeMessage): void {
  const { id } = message;
  try {
    const decoded = decodeForDrawing(message);
    scope.postMessage({ id, decoded }, buffersOf(decoded));
  } catch (error) {
    scope.postMessage({ id, error: messageOf(error) }, []);
  }
}

scope.onmessage = ({ data }) => decode(data);

function buffersOf(decoded: Decoded): Transferable[] {
  if (decoded.kind === 'tensor') return [decoded.values.buffer as ArrayBuffer];
  if (decoded.kind !== 'channels') return [];
  const buffers = [decoded.codes.buffer as ArrayBuffer];
  if (decoded.marks !== undefined) buffers.push(decoded.marks.buffer as ArrayBuffer);
  return buffers;
}
