import type { Flag } from './state/view-state.js';

/** What the page calls a flag of a channel's health. */
export const FLAG_NAMES: Readonly<Record<Flag, string>> = {
  dead: 'dead',
  'always-on': 'always on',
  duplicate: 'duplicate',
  constant: 'constant',
  'non-finite': 'not finite',
  exploding: 'exploding',
};

/** The colour of each condition's badge, as a token's name. */
export const FLAG_TOKENS = {
  dead: 'dead',
  constant: 'dead',
  'always-on': 'sat',
  duplicate: 'dup',
  'non-finite': 'nan',
  exploding: 'bad',
} as const;
