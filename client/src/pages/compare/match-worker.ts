/** A worker that matches channels by correlation. */
import type { ChannelMatch } from '@convscope/shared/channels/match-channels.js';
import type { WorkerAnswer } from '../../ui/asked-worker.js';
import { answerMatch, type MatchQuestion } from './match-job.js';

interface WorkerScope {
  onmessage: ((event: MessageEvent<MatchQuestion>) => void) | null;
  postMessage(message: WorkerAnswer<ChannelMatch>): void;
}

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data }) => scope.postMessage(answerMatch(data));
