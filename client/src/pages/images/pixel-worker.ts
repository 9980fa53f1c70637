/** A worker that decodes the pixels of PNGs. */
import { answerTo, type PixelAnswer, type PixelMessage } from './pixel-message.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<PixelMessage>) => void) | null;
  postMessage(message: PixelAnswer, transfer: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  const answer = answerTo(data);
  scope.postMessage(answer, 'pixels' in answer ? [answer.pixels.data.buffer as ArrayBuffer] : []);
};
