import type { RunState, RunSummary } from '@convscope/shared/protocol/live.js';

interface StateWord {
  readonly word: string;
  /** The CSS class that colours it. */
  readonly tone: string;
}

const STATE_WORDS: Readonly<Record<RunState, StateWord>> = {
  live: { word: 'live', tone: 'is-ok' },
  lost: { word: 'lost', tone: 'is-warn' },
  idle: { word: 'idle', tone: '' },
  completed: { word: 'finished', tone: '' },
  interrupted: { word: 'interrupted', tone: 'is-warn' },
  failed: { word: 'failed', tone: 'is-bad' },
};

const PAUSED: StateWord = { word: 'paused', tone: 'is-warn' };

/**
 * The word for the state of a run. Before its log was read to the end, that may hold how the run ended. While the hub is
 * lost, nothing says what has become of a run that was live.
 */
export function stateWord(
  { state, readToEnd, trainingPaused }: Pick<RunSummary, 'state' | 'readToEnd' | 'trainingPaused'>,
  isHubLost: boolean,
): StateWord {
  if (isHubLost && (state === 'live' || !readToEnd))
    return { word: readToEnd ? 'was live' : 'not read', tone: 'is-warn' };
  if (!readToEnd) return { word: 'reading', tone: '' };
  return state === 'live' && trainingPaused ? PAUSED : STATE_WORDS[state];
}
