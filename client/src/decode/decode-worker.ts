/** A worker that decodes events. Typed arrays are transferred back without a copy. */
import { answerTo, type DecodeAnswer, type DecodeMessage } from './decode-message.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeMessage>) => void) | null;
  postMessage(message: DecodeAnswer, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  const answer = answerTo(data);
  scope.postMessage(answer, buffersOf(answer));
};

function buffersOf(answer: DecodeAnswer): Transferable[] {
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
