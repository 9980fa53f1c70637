import type { RunState } from '@convscope/shared/protocol/live.js';

/** The word for each run state, and the CSS class that colours it. */
export const STATE_WORDS: Readonly<Record<RunState, { readonly word: string; readonly tone: string }>> = {
  live: { word: 'live', tone: 'is-ok' },
  lost: { word: 'lost', tone: 'is-warn' },
  idle: { word: 'idle', tone: '' },
  completed: { word: 'finished', tone: '' },
  interrupted: { word: 'interrupted', tone: 'is-warn' },
  failed: { word: 'failed', tone: 'is-bad' },
};
