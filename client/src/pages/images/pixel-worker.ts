/** A worker that decodes the pixels of PNGs. */
import type { WorkerAnswer } from '../../ui/asked-worker.js';
import { answerPixels } from './answer-pixels.js';
import type { Pixels } from './pixels.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<Uint8Array>) => void) | null;
  postMessage(message: WorkerAnswer<Pixels>, transfer: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  const answer = answerPixels(data);
  scope.postMessage(answer, 'answer' in answer ? [answer.answer.data.buffer as ArrayBuffer] : []);
};
