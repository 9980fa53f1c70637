/** What the worker that matches channels is asked. */
import {
  type ChannelMatch,
  type MatchedMaps,
  matchChannels,
} from '@convscope/shared/channels/match-channels.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { WorkerAnswer } from '../../ui/asked-worker.js';

export interface MatchQuestion {
  readonly a: MatchedMaps;
  readonly b: MatchedMaps;
}

export function answerMatch({ a, b }: MatchQuestion): WorkerAnswer<ChannelMatch> {
  try {
    return { answer: matchChannels(a, b) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
