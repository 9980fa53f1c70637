/**
 * The view of the run page. All of it is in the hash of the URL, so that a link shows the same to everyone. It is one file
 * because each field needs its default, its reader and its writer.
 */

import { type Span, spanFrom, spanText } from '../../../charts/span.js';
import { LOCKS, type Lock } from '../../../drawing/limits.js';
import type { Limits } from '../../../drawing/lut.js';
import { LARGEST_ZOOM } from '../../../drawing/tile-layout.js';
import { DRAWN_OTHERS, type DrawnOthers } from '../../../runs/drawn-runs.js';
import type { Theme } from '../../../ui/theme.js';
import {
  type ChosenConvolution,
  chosenConvolutionFrom,
  chosenConvolutionText,
  MOST_CHOSEN,
} from './chosen-convolution.js';

export const STAGES = ['conv', 'relu', 'gradient'] as const;
export const SORTS = ['index', 'mean', 'std', 'zero'] as const;
export const FLAGS = ['dead', 'always-on', 'duplicate', 'constant', 'non-finite', 'exploding'] as const;
export const PANES = ['input', 'kernels', 'output'] as const;
/** The panels at both sides of the page. */
export const PANELS = ['rail', 'inspector'] as const;
export const ORDERS = ['size', 'index'] as const;
export const SPEEDS = [0.5, 1, 2, 4, 8] as const;
export const FINDINGS = ['now', 'ever'] as const;
export const AXES = ['run', 'all'] as const;

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

export interface ViewState {
  /** Undefined: the page chooses one. */
  readonly run: string | undefined;
  readonly layer: string | undefined;
  readonly channel: number;
  /** The pinned pixel of the layer's output. Undefined: the one in the middle. */
  readonly y: number | undefined;
  readonly x: number | undefined;
  /** Undefined: the newest capture, and each one that comes. */
  readonly step: number | undefined;
  /** What the address has in the place of a step, if that is no whole number. */
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
  /** The filter of the run list. */
  readonly filter: string;
  /** Runs whose curves are not drawn. */
  readonly hidden: readonly string[];
  /** Runs whose curves are drawn whatever `others` says. */
  readonly drawn: readonly string[];
  /** Which of the other runs' curves are drawn. */
  readonly others: DrawnOthers;
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
  readonly speed: number;
  readonly loop: boolean;
  /** How the tags of a log without a description are read: a regular expression; empty for the usual names. */
  readonly names: string;
  /** Parameters that the user has set, in a log that does not state them. */
  readonly convolutions: readonly ChosenConvolution[];
}

export const DEFAULT_VIEW: ViewState = {
  run: undefined,
  layer: undefined,
  channel: 0,
  y: undefined,
  x: undefined,
  step: undefined,
  noStep: undefined,
  probe: 0,
  lock: 'run',
  stage: 'relu',
  sort: 'index',
  flag: undefined,
  findings: 'now',
  zoom: undefined,
  smoothing: undefined,
  curve: undefined,
  axis: 'run',
  span: undefined,
  limits: {},
  theme: undefined,
  pane: 'output',
  filter: '',
  hidden: [],
  drawn: [],
  others: 'newest',
  closed: [],
  order: 'size',
  kernelZoom: undefined,
  contribution: undefined,
  operand: 0,
  trail: [],
  earlier: false,
  confusion: false,
  allTerms: false,
  strip: false,
  speed: 1,
  loop: false,
  names: '',
  convolutions: [],
};

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}

export function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A step may be negative. Adding 0 makes −0 a 0, here and below. */
function stepFrom(text: string | null): number | undefined {
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) + 0 : undefined;
}

/** Parses `-1.5,2.25`. The distance of the limits must be finite too: colours are computed from it. */
export function limitsFrom(text: string | null): Limits | undefined {
  const [lo, hi, ...rest] = (text ?? '')
    .split(',')
    .map((one) => (one.trim() === '' ? Number.NaN : Number(one) + 0));
  const isRight = rest.length === 0 && Number.isFinite(hi! - lo!) && lo! < hi!;
  return isRight ? { lo: lo!, hi: hi! } : undefined;
}

/** A zoom at which tiles are drawn. */
export function zoomFrom(text: string | null): number | undefined {
  const zoom = wholeNumber(text) ?? 0;
  return zoom >= 1 && zoom <= LARGEST_ZOOM ? zoom : undefined;
}

export function smoothingFrom(text: string | null): number | undefined {
  const smoothing = text === null || text.trim() === '' ? Number.NaN : Number(text) + 0;
  return smoothing >= 0 && smoothing < 1 ? smoothing : undefined;
}

/** Parses `layer1.0.conv1:12`. */
export function placeFrom(text: string): ChannelPlace | undefined {
  const colon = text.lastIndexOf(':');
  const channel = wholeNumber(text.slice(colon + 1));
  return colon < 1 || channel === undefined ? undefined : { layer: text.slice(0, colon), channel };
}

/** Whether a hash belongs to the run page. Other pages keep their own state in the hash. */
export function isRunHash(hash: string): boolean {
  return /^(#(run(\?.*)?)?)?$/.test(hash);
}

/** Parses `#run?layer=conv2&ch=11&…`. Missing and invalid values get their defaults; so does another page's hash. */
export function viewFromHash(hash: string): ViewState {
  if (!isRunHash(hash)) return DEFAULT_VIEW;
  const query = new URLSearchParams(hash.slice(hash.indexOf('?') + 1 || hash.length));
  const step = stepFrom(query.get('step'));
  const limits: Partial<Record<PaneName, Limits>> = {};
  for (const pane of PANES) {
    const found = limitsFrom(query.get(`${pane}-limits`));
    if (found !== undefined) limits[pane] = found;
  }
  return {
    run: query.get('run') || undefined,
    layer: query.get('layer') || undefined,
    channel: wholeNumber(query.get('ch')) ?? DEFAULT_VIEW.channel,
    y: wholeNumber(query.get('y')),
    x: wholeNumber(query.get('x')),
    step,
    noStep: step === undefined ? query.get('step') || undefined : undefined,
    probe: wholeNumber(query.get('probe')) ?? DEFAULT_VIEW.probe,
    lock: oneOf(LOCKS, query.get('lock')) ?? DEFAULT_VIEW.lock,
    stage: oneOf(STAGES, query.get('view')) ?? DEFAULT_VIEW.stage,
    sort: oneOf(SORTS, query.get('sort')) ?? DEFAULT_VIEW.sort,
    flag: oneOf(FLAGS, query.get('flag')),
    findings: oneOf(FINDINGS, query.get('findings')) ?? DEFAULT_VIEW.findings,
    zoom: zoomFrom(query.get('zoom')),
    smoothing: smoothingFrom(query.get('smooth')),
    curve: query.get('curve') ?? undefined,
    axis: oneOf(AXES, query.get('axis')) ?? DEFAULT_VIEW.axis,
    span: spanFrom(query.get('steps')),
    limits,
    theme: oneOf(['light', 'dark'] as const, query.get('theme')),
    pane: oneOf(PANES, query.get('pane')) ?? DEFAULT_VIEW.pane,
    filter: query.get('filter') ?? DEFAULT_VIEW.filter,
    hidden: query.getAll('hide'),
    drawn: query.getAll('draw'),
    others: oneOf(DRAWN_OTHERS, query.get('others')) ?? DEFAULT_VIEW.others,
    closed: PANELS.filter((panel) => query.getAll('closed').includes(panel)),
    order: oneOf(ORDERS, query.get('order')) ?? DEFAULT_VIEW.order,
    kernelZoom: zoomFrom(query.get('kernel-zoom')),
    contribution: wholeNumber(query.get('in')),
    operand: wholeNumber(query.get('input')) ?? DEFAULT_VIEW.operand,
    trail: query
      .getAll('via')
      .slice(0, LONGEST_TRAIL)
      .flatMap((text) => placeFrom(text) ?? []),
    earlier: query.get('earlier') === '1',
    confusion: query.get('open') === 'confusion',
    allTerms: query.get('terms') === 'all',
    strip: query.get('strip') === '1',
    speed: SPEEDS.find((speed) => String(speed) === query.get('speed')) ?? DEFAULT_VIEW.speed,
    loop: query.get('loop') === '1',
    names: query.get('names') ?? DEFAULT_VIEW.names,
    convolutions: query
      .getAll('conv')
      .slice(0, MOST_CHOSEN)
      .flatMap((text) => chosenConvolutionFrom(text) ?? []),
  };
}

/** The hash of a view, without default values. */
export function hashFromView(view: ViewState): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number | undefined, usual?: string | number): void => {
    if (value !== undefined && value !== usual) query.set(name, String(value));
  };
  put('run', view.run);
  put('layer', view.layer);
  put('ch', view.channel, DEFAULT_VIEW.channel);
  put('y', view.y);
  put('x', view.x);
  put('step', view.step ?? view.noStep);
  put('probe', view.probe, DEFAULT_VIEW.probe);
  put('lock', view.lock, DEFAULT_VIEW.lock);
  put('view', view.stage, DEFAULT_VIEW.stage);
  put('sort', view.sort, DEFAULT_VIEW.sort);
  put('flag', view.flag);
  put('findings', view.findings, DEFAULT_VIEW.findings);
  put('zoom', view.zoom);
  put('smooth', view.smoothing);
  put('curve', view.curve);
  put('axis', view.axis, DEFAULT_VIEW.axis);
  put('steps', view.span && spanText(view.span));
  for (const pane of PANES) {
    const limits = view.limits[pane];
    if (limits !== undefined) put(`${pane}-limits`, `${limits.lo},${limits.hi}`);
  }
  put('theme', view.theme);
  put('pane', view.pane, DEFAULT_VIEW.pane);
  put('filter', view.filter, DEFAULT_VIEW.filter);
  for (const run of view.hidden) query.append('hide', run);
  for (const run of view.drawn) query.append('draw', run);
  put('others', view.others, DEFAULT_VIEW.others);
  for (const panel of view.closed) query.append('closed', panel);
  put('order', view.order, DEFAULT_VIEW.order);
  put('kernel-zoom', view.kernelZoom);
  put('in', view.contribution);
  put('input', view.operand, DEFAULT_VIEW.operand);
  for (const { layer, channel } of view.trail) query.append('via', `${layer}:${channel}`);
  put('earlier', view.earlier ? '1' : undefined);
  put('open', view.confusion ? 'confusion' : undefined);
  put('terms', view.allTerms ? 'all' : undefined);
  put('strip', view.strip ? '1' : undefined);
  put('speed', view.speed, DEFAULT_VIEW.speed);
  put('loop', view.loop ? '1' : undefined);
  put('names', view.names, DEFAULT_VIEW.names);
  for (const one of view.convolutions) query.append('conv', chosenConvolutionText(one));
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text === '' ? '#run' : `#run?${text}`;
}
