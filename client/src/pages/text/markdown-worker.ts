/** A worker that renders Markdown: some texts take very long, and the page must not wait for them. */
import type { WorkerAnswer } from '../../ui/asked-worker.js';
import { answerTo, type LoggedText } from './markdown.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<LoggedText>) => void) | null;
  postMessage(message: WorkerAnswer<string>): void;
}

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data }) => scope.postMessage(answerTo(data));
