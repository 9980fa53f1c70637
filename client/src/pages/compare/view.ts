/** What the page of comparisons shows, as its address says it. */
import type { ChangeMeasure } from '@convscope/shared/channels/change.js';
import type { Limits } from '../../drawing/lut.js';
import { LARGEST_ZOOM } from '../../drawing/tile-layout.js';
import { createPageAddress, type PageAddress, readableQuery } from '../../ui/page-address.js';

export const STAGES = ['conv', 'relu', 'gradient', 'kernels'] as const;
export type Stage = (typeof STAGES)[number];
export const DISPLAYS = ['side', 'difference', 'blink', 'swipe'] as const;
export type Display = (typeof DISPLAYS)[number];
export type Sort = 'index' | ChangeMeasure;
export const SORTS = ['index', 'difference', 'correlation', 'norm'] as const satisfies readonly Sort[];
export const SCALES = ['layer', 'channel'] as const;
export type Scale = (typeof SCALES)[number];
export const PANES = ['a', 'b', 'difference'] as const;
/** A grid of the page. */
export type PaneName = (typeof PANES)[number];
export type SideName = 'a' | 'b';

export interface SideChoice {
  /** Undefined: of A, the run that is live or newest; of B, that of A. */
  readonly run: string | undefined;
  /** Undefined: the page chooses one, and writes it here. */
  readonly step: number | undefined;
  /** Undefined: of A, the first one; of B, the one with the name of A's. */
  readonly layer: string | undefined;
  /** Undefined: of A, the first one; of B, the one that shows the same picture as A's. */
  readonly probe: number | undefined;
}

export interface CompareView {
  readonly a: SideChoice;
  readonly b: SideChoice;
  readonly stage: Stage;
  readonly display: Display;
  /** The channel of A, with the pixel that is pinned. */
  readonly channel: number;
  readonly y: number | undefined;
  readonly x: number | undefined;
  readonly sort: Sort;
  /** Whether the measures are those of the shown picture only, and not of all that both sides have. */
  readonly ofOne: boolean;
  /** Whether the channels of B are paired with those of A by correlation, and not by number. */
  readonly matched: boolean;
  /** Whether all channels have the same limits of colours. */
  readonly scale: Scale;
  /** Pixels of the screen for each of a map; undefined: as fits. */
  readonly zoom: number | undefined;
  /** Limits of colours that the user has set, of A and B, and of their difference. */
  readonly limits: Limits | undefined;
  readonly differenceLimits: Limits | undefined;
  /** When swiping, the part of each map that shows A, in per cent. */
  readonly swipe: number;
  /** The pane to show on a narrow screen. */
  readonly pane: PaneName;
}

const NO_CHOICE: SideChoice = { run: undefined, step: undefined, layer: undefined, probe: undefined };

export const USUAL_VIEW: CompareView = {
  a: NO_CHOICE,
  b: NO_CHOICE,
  stage: 'relu',
  display: 'side',
  channel: 0,
  y: undefined,
  x: undefined,
  sort: 'difference',
  ofOne: false,
  matched: false,
  scale: 'layer',
  zoom: undefined,
  limits: undefined,
  differenceLimits: undefined,
  swipe: 50,
  pane: 'difference',
};

/** A step is whole, maybe negative, and exact as a double. */
const PLACE = /^(.*)@(-?\d{1,15})?$/s;

/** "RUN", "RUN@STEP", or "RUN@" for a run whose name ends as if a step followed. */
function placeFrom(text: string | null): Pick<SideChoice, 'run' | 'step'> {
  const [, run, step] = PLACE.exec(text ?? '') ?? [undefined, text ?? '', undefined];
  // Adding 0 makes −0 a 0.
  return { run: run || undefined, step: step === undefined ? undefined : Number(step) + 0 };
}

function placeText({ run, step }: SideChoice): string | undefined {
  if (step !== undefined) return `${run ?? ''}@${step}`;
  return run !== undefined && PLACE.test(run) ? `${run}@` : run;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}

function wholeIn(text: string | null, least: number, most: number): number | undefined {
  const value = text !== null && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

/** Reads `-1.5,2.25`. The distance of the limits must be finite too: colours are computed from it. */
function limitsFrom(text: string | null): Limits | undefined {
  const [lo, hi, ...rest] = (text ?? '')
    .split(',')
    .map((one) => (one.trim() === '' ? Number.NaN : Number(one) + 0));
  const isRight =
    lo !== undefined && hi !== undefined && rest.length === 0 && Number.isFinite(hi - lo) && lo < hi;
  return isRight ? { lo, hi } : undefined;
}

const whole = (text: string | null): number | undefined => wholeIn(text, 0, Number.MAX_SAFE_INTEGER);

export function parseView(query: URLSearchParams): CompareView {
  const sort = oneOf(SORTS, query.get('sort')) ?? USUAL_VIEW.sort;
  return {
    a: {
      ...placeFrom(query.get('a')),
      layer: query.get('layer') || undefined,
      probe: whole(query.get('probe')),
    },
    b: {
      ...placeFrom(query.get('b')),
      layer: query.get('b-layer') || undefined,
      probe: whole(query.get('b-probe')),
    },
    stage: oneOf(STAGES, query.get('view')) ?? USUAL_VIEW.stage,
    display: oneOf(DISPLAYS, query.get('show')) ?? USUAL_VIEW.display,
    channel: whole(query.get('ch')) ?? USUAL_VIEW.channel,
    y: whole(query.get('y')),
    x: whole(query.get('x')),
    sort,
    ofOne: query.get('of') === 'one',
    matched: query.get('match') === '1',
    scale: oneOf(SCALES, query.get('scale')) ?? USUAL_VIEW.scale,
    zoom: wholeIn(query.get('zoom'), 1, LARGEST_ZOOM),
    limits: limitsFrom(query.get('limits')),
    differenceLimits: limitsFrom(query.get('difference-limits')),
    swipe: wholeIn(query.get('swipe'), 0, 100) ?? USUAL_VIEW.swipe,
    pane: oneOf(PANES, query.get('pane')) ?? USUAL_VIEW.pane,
  };
}

export function formatView(view: CompareView): URLSearchParams {
  const query = new URLSearchParams();
  const put = (name: string, value: string | number | undefined, usual?: string | number): void => {
    if (value !== undefined && value !== usual) query.set(name, String(value));
  };
  const putLimits = (name: string, limits: Limits | undefined) =>
    put(name, limits && `${limits.lo},${limits.hi}`);
  put('a', placeText(view.a));
  put('b', placeText(view.b));
  put('layer', view.a.layer);
  put('b-layer', view.b.layer);
  put('probe', view.a.probe);
  put('b-probe', view.b.probe);
  put('view', view.stage, USUAL_VIEW.stage);
  put('show', view.display, USUAL_VIEW.display);
  put('ch', view.channel, USUAL_VIEW.channel);
  put('y', view.y);
  put('x', view.x);
  put('sort', view.sort, USUAL_VIEW.sort);
  put('of', view.ofOne ? 'one' : undefined);
  put('match', view.matched ? '1' : undefined);
  put('scale', view.scale, USUAL_VIEW.scale);
  put('zoom', view.zoom);
  putLimits('limits', view.limits);
  putLimits('difference-limits', view.differenceLimits);
  put('swipe', view.swipe, USUAL_VIEW.swipe);
  put('pane', view.pane, USUAL_VIEW.pane);
  return query;
}

/** The address that shows `view`, for links of other pages. */
export function compareHash(view: Partial<CompareView>): string {
  const query = readableQuery(formatView({ ...USUAL_VIEW, ...view }));
  return query === '' ? '#compare' : `#compare?${query}`;
}

export function createCompareAddress(): PageAddress<CompareView> {
  return createPageAddress({ id: 'compare', parse: parseView, format: formatView });
}
