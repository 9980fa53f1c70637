/** What the gallery shows: every page in every state that it can be in. */

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export type Logs = 'usual' | 'many' | 'empty' | 'ended';

/** What is done to the page before or after it has loaded. */
export type Condition =
  /** The hub answers no request for data. */
  | 'loading'
  /** The hub answers requests for data with an error. */
  | 'error'
  /** New records come while the page is open. */
  | 'live'
  /** The hub goes away while the page is open. */
  | 'lost';

export interface Scene {
  /** The page and its state, for the name of the picture. */
  readonly name: string;
  readonly logs: Logs;
  readonly hash: string;
  readonly condition?: Condition;
  /** Whether a test compares it with committed pictures: what it shows is always the same. */
  readonly isCompared?: boolean;
}

/** Each page with all that it shows, and what else it can be asked to show. */
const USUAL: readonly (readonly [name: string, hash: string])[] = [
  ['scalars', '#scalars'],
  ['scalars-log', '#scalars?smoothing=0&logy=1'],
  ['scalars-relative', '#scalars?x=relative'],
  ['scalars-nan', '#scalars?tags=loss/train'],
  ['scalars-values', '#scalars?at=100'],
  ['images', '#images'],
  ['distributions-offset', '#distributions?tags=weight'],
  ['distributions-overlay', '#distributions?view=overlay'],
  ['distributions-percentiles', '#distributions?view=percentiles'],
  ['distributions-layers', '#distributions?view=layers'],
  ['text', '#text'],
  ['hparams', '#hparams'],
  ['summary', '#summary?run=torch'],
  ['other', '#other'],
  ['lab', '#lab'],
  ['run', '#run?run=diverged'],
  ['compare', '#compare?a=diverged@0&b=diverged@50'],
];

/** The pages that show logs. */
const PAGES = ['run', 'scalars', 'images', 'distributions', 'text', 'hparams', 'summary', 'other', 'compare'];

/** Runs that have ended, each in its own way, and one that goes on. */
const ENDED: readonly Scene[] = [
  ['scalars-ended', '#scalars'],
  ['run-failed', '#run?run=failed'],
  ['run-interrupted', '#run?run=interrupted'],
  ['run-silent', '#run?run=silent'],
  ['summary-failed', '#summary?run=failed'],
].map(([name, hash]): Scene => ({ name: name!, logs: 'ended', hash: hash!, isCompared: true }));

/** Where a run that is written, or a hub that is away, is seen: the list of runs, and what is about one run. */
const CHANGING: readonly Scene[] = [
  { name: 'scalars-live', hash: '#scalars', condition: 'live' as const },
  { name: 'run-live', hash: '#run?run=training', condition: 'live' as const },
  { name: 'summary-live', hash: '#summary?run=training', condition: 'live' as const },
  { name: 'scalars-lost', hash: '#scalars', condition: 'lost' as const },
  { name: 'run-lost', hash: '#run?run=training', condition: 'lost' as const },
].map((scene): Scene => ({ ...scene, logs: 'ended', isCompared: true }));

export const SCENES: readonly Scene[] = [
  ...USUAL.map(([name, hash]): Scene => ({ name, logs: 'usual', hash, isCompared: true })),
  { name: 'scalars-many', logs: 'many', hash: '#scalars' },
  { name: 'hparams-many', logs: 'many', hash: '#hparams' },
  ...PAGES.flatMap((page): Scene[] => [
    // Without runs all pages say the same.
    { name: `${page}-empty`, logs: 'empty', hash: `#${page}`, isCompared: page === 'scalars' },
    { name: `${page}-loading`, logs: 'usual', hash: `#${page}`, condition: 'loading', isCompared: true },
    { name: `${page}-error`, logs: 'usual', hash: `#${page}`, condition: 'error', isCompared: true },
    ...(['live', 'lost'] as const)
      .map(
        (condition): Scene => ({ name: `${page}-${condition}`, logs: 'usual', hash: `#${page}`, condition }),
      )
      .filter(({ name }) => !CHANGING.some((scene) => scene.name === name)),
  ]),
  ...ENDED,
  ...CHANGING,
];
