/** Decodes events beside the page's thread. Typed arrays go back without a copy. */
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

scope.onmessage = ({ data }) => {
  try {
    const decoded = decodeForDrawing(data);
    scope.postMessage({ id: data.id, decoded }, buffersOf(decoded));
  } catch (error) {
    scope.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) }, []);
  }
};

function buffersOf(decoded: Decoded): Transferable[] {
  if (decoded.kind === 'tensor') return [decoded.values.buffer as ArrayBuffer];
  if (decoded.kind !== 'channels') return [];
  const buffers = [decoded.codes.buffer as ArrayBuffer];
  if (decoded.marks !== undefined) buffers.push(decoded.marks.buffer as ArrayBuffer);
  return buffers;
}
