/** A worker that fetches and decodes events. Typed arrays are transferred back without a copy. */
import { createDecodeService, type FromDecoder, type ToDecoder } from './decode-message.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToDecoder>) => void) | null;
  postMessage(message: FromDecoder, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

const take = createDecodeService((answer) => scope.postMessage(answer, buffersOf(answer)));
scope.onmessage = ({ data }) => take(data);

function buffersOf(answer: FromDecoder): Transferable[] {
  if (!('decoded' in answer)) return [];
  const { decoded } = answer;
  if (decoded.kind === 'tensor') return [decoded.values.buffer as ArrayBuffer];
  if (decoded.kind === 'histogram') return [decoded.buckets.buffer as ArrayBuffer];
  if (decoded.kind === 'image')
    return [...new Set(decoded.images.map((image) => image.buffer as ArrayBuffer))];
  if (decoded.kind === 'other') return [decoded.content.buffer as ArrayBuffer];
  if (decoded.kind !== 'channels') return [];
  const buffers = [decoded.codes.buffer as ArrayBuffer];
  if (decoded.marks !== undefined) buffers.push(decoded.marks.buffer as ArrayBuffer);
  return buffers;
}
