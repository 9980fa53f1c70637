/** The view of the run page. All of it is in the hash of the URL, so that a link shows the same to everyone. */
import { SPAN, type Span } from '../../../charts/span.js';
import { LOCKS, type Lock } from '../../../drawing/limits.js';
import { LIMITS, type Limits } from '../../../drawing/lut.js';
import { ZOOM } from '../../../drawing/tile-layout.js';
import { RUN_CHOICE_FIELDS, type RunChoice } from '../../../runs/run-choice.js';
import { readableQuery } from '../../../ui/page-address.js';
import { THEMES, type Theme } from '../../../ui/theme.js';
import {
  createViewFormat,
  type Field,
  field,
  flag,
  list,
  mapped,
  optional,
} from '../../../ui/view-format.js';
import { decimal, type Kind, name, oneOf, STEP, text, whole } from '../../../ui/view-kinds.js';
import { readByPattern } from '../frames/tag-names.js';
import { type ChosenConvolution, CONVOLUTION, MOST_CHOSEN } from './chosen-convolution.js';

export const STAGES = ['conv', 'relu', 'gradient'] as const;
export const SORTS = ['index', 'mean', 'std', 'zero'] as const;
export const FLAGS = ['dead', 'always-on', 'duplicate', 'constant', 'non-finite', 'exploding'] as const;
export const PANES = ['input', 'kernels', 'output'] as const;
/** The panels at both sides of the page. */
const PANELS = ['rail', 'inspector'] as const;
export const ORDERS = ['size', 'index'] as const;
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
const FINDINGS = ['now', 'ever'] as const;
export const AXES = ['run', 'all'] as const;
/** How it is shown what a prediction depends on. */
export const REASONS = ['occlusion', 'saliency'] as const;

export type Stage = (typeof STAGES)[number];
export type Sort = (typeof SORTS)[number];
export type Flag = (typeof FLAGS)[number];
export type PaneName = (typeof PANES)[number];
export type PanelName = (typeof PANELS)[number];
/** The order of the contributions to a channel. */
export type Order = (typeof ORDERS)[number];
export type Axis = (typeof AXES)[number];

export interface ChannelPlace {
  readonly layer: string;
  readonly channel: number;
}

/** No net is deeper than anyone follows it. */
const LONGEST_TRAIL = 64;

export interface ViewState extends RunChoice {
  /** Undefined: the page chooses one. */
  readonly run: string | undefined;
  readonly layer: string | undefined;
  readonly channel: number;
  /** The pinned pixel of the layer's output. Undefined: the one in the middle. */
  readonly y: number | undefined;
  readonly x: number | undefined;
  /** Undefined: the newest capture, and each one that comes. */
  readonly step: number | undefined;
  /** What the address has in the place of a step, if that is not a whole number. */
  readonly noStep: string | undefined;
  readonly probe: number;
  readonly lock: Lock;
  readonly stage: Stage;
  readonly sort: Sort;
  readonly flag: Flag | undefined;
  /** Whether findings are listed that hold in the newest capture, or in any. */
  readonly findings: (typeof FINDINGS)[number];
  readonly zoom: number | undefined;
  /** Undefined: as suits the curve. */
  readonly smoothing: number | undefined;
  /** The scalar in the timeline; undefined: the one that was chosen last, or the loss. */
  readonly curve: string | undefined;
  /** Whether the axis of steps is that of the chosen run, or of all runs that are drawn. */
  readonly axis: Axis;
  /** The steps that the timeline shows; undefined: all. */
  readonly span: Span | undefined;
  /** Colour limits that the user has set. */
  readonly limits: Readonly<Partial<Record<PaneName, Limits>>>;
  readonly theme: Theme | undefined;
  /** The pane to show on a narrow screen. */
  readonly pane: PaneName;
  /** Panels that were closed although the window has room for them. */
  readonly closed: readonly PanelName[];
  readonly order: Order;
  /** Pixels per weight in the kernel matrix; undefined: as large as fits. */
  readonly kernelZoom: number | undefined;
  /** The input channel whose contribution is shown in full; undefined: the first of the order. */
  readonly contribution: number | undefined;
  /** Which of the inputs of a layer that reads several is shown. */
  readonly operand: number;
  /** The channels from which the shown one was reached by following its inputs, the first one first. */
  readonly trail: readonly ChannelPlace[];
  /** Whether the branches are drawn that a restart replaced. */
  readonly earlier: boolean;
  /** Whether the confusion matrix is open. */
  readonly confusion: boolean;
  /** Whether the arithmetic lists every input channel, and not only the largest. */
  readonly allTerms: boolean;
  /** Whether the strip of the chosen channel over all captures is open. */
  readonly strip: boolean;
  readonly reason: (typeof REASONS)[number];
  /** The class whose score is explained; undefined: the predicted one. */
  readonly score: number | undefined;
  /** Whether gradients of the score are shown without their signs. */
  readonly magnitude: boolean;
  readonly speed: number;
  readonly loop: boolean;
  /** How the tags of a log without a description are read: a regular expression; empty for the usual names. */
  readonly names: string;
  /** Parameters that the user has set, in a log that does not state them. */
  readonly convolutions: readonly ChosenConvolution[];
}

const SMOOTHING: Kind<number> = decimal(0, 1, true);

/** `layer1.0.conv1:12`. */
const PLACE: Kind<ChannelPlace> = {
  read(one) {
    const colon = one.lastIndexOf(':');
    const channel = whole().read(one.slice(colon + 1));
    return colon < 1 || channel === undefined ? undefined : { layer: one.slice(0, colon), channel };
  },
  write: ({ layer, channel }) => `${layer}:${channel}`,
  takes: 'a layer and a channel like conv1:3',
};

const PATTERN: Kind<string> = {
  read: (one) => (typeof readByPattern(one) === 'function' ? one : undefined),
  write: (value) => value,
  takes: 'an expression by which tags can be read',
};

/** What the address has in the place of a step. That it is none is said where the run is known, in absent.ts. */
const NO_STEP: Field<string | undefined> = {
  ...optional('step', { ...text(), read: (one) => (STEP.read(one) === undefined && one) || undefined }, ''),
  problems: () => [],
};

const LIMIT_FIELDS = PANES.map(
  (pane) => [pane, optional(`${pane}-limits`, LIMITS, 'the limits of the data are used')] as const,
);
const LIMITS_OF_PANES: Field<ViewState['limits']> = {
  usual: {},
  parameters: LIMIT_FIELDS.flatMap(([, { parameters }]) => parameters),
  read(query) {
    const limits: Partial<Record<PaneName, Limits>> = {};
    for (const [pane, one] of LIMIT_FIELDS) {
      const found = one.read(query);
      if (found !== undefined) limits[pane] = found;
    }
    return limits;
  },
  write(limits, query) {
    for (const [pane, one] of LIMIT_FIELDS) one.write(limits[pane], query);
  },
  problems: (query) => LIMIT_FIELDS.flatMap(([, one]) => one.problems(query)),
};

export const RUN_VIEW = createViewFormat<ViewState>({
  run: optional('run', name(), 'the newest run is shown'),
  layer: optional('layer', name(), 'the first layer is shown'),
  channel: field('ch', whole(), 0, 'channel 0 is shown'),
  y: optional('y', whole(), 'the middle row is shown'),
  x: optional('x', whole(), 'the middle column is shown'),
  step: { ...optional('step', STEP, ''), problems: () => [] },
  noStep: NO_STEP,
  probe: field('probe', whole(), 0, 'probe 0 is shown'),
  lock: field('lock', oneOf(LOCKS), 'run', 'run is used'),
  stage: field('view', oneOf(STAGES), 'relu', 'relu is shown'),
  sort: field('sort', oneOf(SORTS), 'index', 'the order is by index'),
  flag: optional('flag', oneOf(FLAGS), 'no channels are picked out'),
  findings: field('findings', oneOf(FINDINGS), 'now', 'those of now are listed'),
  zoom: optional('zoom', ZOOM, 'all tiles are fitted'),
  smoothing: optional('smooth', SMOOTHING, 'the usual smoothing is used'),
  curve: optional('curve', text(), 'the usual curve is drawn'),
  axis: field('axis', oneOf(AXES), 'run', 'the axis is that of this run'),
  span: optional('steps', SPAN, 'all steps are shown'),
  limits: LIMITS_OF_PANES,
  theme: optional('theme', oneOf(THEMES), 'the theme stays'),
  pane: field('pane', oneOf(PANES), 'output', 'output is shown'),
  ...RUN_CHOICE_FIELDS,
  closed: mapped(
    list('closed', oneOf(PANELS), { most: PANELS.length, instead: 'no such panel is closed' }),
    (closed) => PANELS.filter((panel) => closed.includes(panel)),
    (closed) => closed,
  ),
  order: field('order', oneOf(ORDERS), 'size', 'contributions are ordered by size'),
  kernelZoom: optional('kernel-zoom', ZOOM, 'the kernels are fitted'),
  contribution: optional('in', whole(), 'the first contribution is shown'),
  operand: field('input', whole(), 0, 'the first input is shown'),
  trail: list('via', PLACE, { most: LONGEST_TRAIL, instead: 'it is left out of the trail' }),
  earlier: flag('earlier', 'what was replaced is not drawn'),
  confusion: flag('open', 'nothing is opened', 'confusion'),
  allTerms: flag('terms', 'the largest terms are listed', 'all'),
  strip: flag('strip', 'the strip stays closed'),
  reason: field('reason', oneOf(REASONS), 'occlusion', 'occlusion is shown'),
  score: optional('class', whole(), 'the predicted class is explained'),
  magnitude: flag('gradient', 'gradients have signs', 'size'),
  speed: field<number>('speed', oneOf(SPEEDS), 1, 'it is 1'),
  loop: flag('loop', 'nothing is looped'),
  names: field('names', PATTERN, '', 'tags are read by the usual names'),
  convolutions: list('conv', CONVOLUTION, { most: MOST_CHOSEN, instead: 'they are inferred' }),
});

export const DEFAULT_VIEW: ViewState = RUN_VIEW.usual;

/** Whether a hash belongs to the run page. Other pages keep their own state in the hash. */
export function isRunHash(hash: string): boolean {
  return /^(#(run(\?.*)?)?)?$/.test(hash);
}

function queryOf(hash: string): URLSearchParams {
  return new URLSearchParams(isRunHash(hash) ? hash.slice(hash.indexOf('?') + 1 || hash.length) : '');
}

/** Parses `#run?layer=conv2&ch=11&…`. Missing and invalid values get their defaults; so does another page's hash. */
export function viewFromHash(hash: string): ViewState {
  return RUN_VIEW.parse(queryOf(hash));
}

/** What in an address cannot be read, one sentence each. Whether the run has it is for `checkView`. */
export function problemsOfHash(hash: string): readonly string[] {
  return RUN_VIEW.problems(queryOf(hash));
}

/** The hash of a view, without default values. */
export function hashFromView(view: ViewState): string {
  const query = readableQuery(RUN_VIEW.format(view));
  return query === '' ? '#run' : `#run?${query}`;
}
