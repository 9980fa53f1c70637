/** What the gallery shows: every page in every state that it can be in. */

export type Theme = 'light' | 'dark';

const NEVER: readonly Theme[] = [];
const LIGHT: readonly Theme[] = ['light'];
const BOTH: readonly Theme[] = ['light', 'dark'];

export type Logs = 'usual' | 'many' | 'empty';

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
  /** In which themes a test compares it with a committed picture: what it shows is always the same. */
  readonly compared?: readonly Theme[];
}

/** Each page with all that it shows, and what else it can be asked to show. */
const USUAL: readonly (readonly [name: string, hash: string, compared: readonly Theme[]])[] = [
  ['scalars', '#scalars', BOTH],
  ['scalars-log', '#scalars?smoothing=0&logy=1', NEVER],
  ['scalars-relative', '#scalars?x=relative', NEVER],
  ['images', '#images', LIGHT],
  ['distributions-offset', '#distributions?tags=weight', BOTH],
  ['distributions-overlay', '#distributions?view=overlay', NEVER],
  ['distributions-percentiles', '#distributions?view=percentiles', NEVER],
  ['distributions-layers', '#distributions?view=layers', LIGHT],
  ['text', '#text', LIGHT],
  ['hparams', '#hparams', BOTH],
  ['summary', '#summary?run=torch', BOTH],
  ['other', '#other', LIGHT],
  ['lab', '#lab', LIGHT],
];

/** The pages that show logs. */
const PAGES = ['run', 'scalars', 'images', 'distributions', 'text', 'hparams', 'summary', 'other', 'compare'];

export const SCENES: readonly Scene[] = [
  ...USUAL.map(([name, hash, compared]): Scene => ({ name, logs: 'usual', hash, compared })),
  { name: 'scalars-nan', logs: 'usual', hash: '#scalars?tags=loss/train' },
  { name: 'scalars-many', logs: 'many', hash: '#scalars' },
  { name: 'hparams-many', logs: 'many', hash: '#hparams' },
  ...PAGES.flatMap((page): Scene[] => [
    { name: `${page}-empty`, logs: 'empty', hash: `#${page}` },
    { name: `${page}-loading`, logs: 'usual', hash: `#${page}`, condition: 'loading' },
    { name: `${page}-error`, logs: 'usual', hash: `#${page}`, condition: 'error' },
    { name: `${page}-live`, logs: 'usual', hash: `#${page}`, condition: 'live' },
    { name: `${page}-lost`, logs: 'usual', hash: `#${page}`, condition: 'lost' },
  ]),
];
