/** What the page of comparisons shows, as its address says it. */
import type { ChangeMeasure } from '@convscope/shared/channels/change.js';
import { LIMITS, type Limits } from '../../drawing/lut.js';
import { ZOOM } from '../../drawing/tile-layout.js';
import { createPageAddress, type PageAddress, readableQuery } from '../../ui/page-address.js';
import { createViewFormat, type Field, field, flag, mapped, optional, record } from '../../ui/view-format.js';
import { type Kind, name, oneOf, whole } from '../../ui/view-kinds.js';

export const STAGES = ['input', 'conv', 'relu', 'gradient', 'kernels'] as const;
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

type Place = Pick<SideChoice, 'run' | 'step'>;

/** A step is whole, maybe negative, and exact as a double. */
const PLACE_TEXT = /^(.*)@(-?\d{1,15})?$/s;

/** "RUN", "RUN@STEP", or "RUN@" for a run whose name ends as if a step followed. */
const PLACE: Kind<Place> = {
  read(text) {
    const [, run, step] = PLACE_TEXT.exec(text) ?? [undefined, text, undefined];
    // Adding 0 makes −0 a 0.
    return { run: run || undefined, step: step === undefined ? undefined : Number(step) + 0 };
  },
  write: ({ run = '', step }) =>
    step === undefined ? (PLACE_TEXT.test(run) ? `${run}@` : run) : `${run}@${step}`,
  takes: 'a run and a step like RUN@120',
};

const NO_PLACE: Place = { run: undefined, step: undefined };

function side(at: string, layer: string, probe: string, usual: string): Field<SideChoice> {
  return mapped(
    record<{ place: Place | undefined; layer: string | undefined; probe: number | undefined }>({
      place: optional(at, PLACE, usual),
      layer: optional(layer, name(), usual),
      probe: optional(probe, whole(), usual),
    }),
    ({ place = NO_PLACE, ...rest }) => ({ ...place, ...rest }),
    ({ run, step, ...rest }) => ({
      place: run === undefined && step === undefined ? undefined : { run, step },
      ...rest,
    }),
  );
}

export const COMPARE_VIEW = createViewFormat<CompareView>({
  a: side('a', 'layer', 'probe', 'the first one is shown'),
  b: side('b', 'b-layer', 'b-probe', 'that of A is shown'),
  stage: field('view', oneOf(STAGES), 'relu', 'relu is shown'),
  display: field('show', oneOf(DISPLAYS), 'side', 'both stand side by side'),
  channel: field('ch', whole(), 0, 'channel 0 is shown'),
  y: optional('y', whole(), 'no pixel is pinned'),
  x: optional('x', whole(), 'no pixel is pinned'),
  sort: field('sort', oneOf(SORTS), 'difference', 'the order is by difference'),
  ofOne: flag('of', 'all pictures are measured', 'one'),
  matched: flag('match', 'channels are paired by number'),
  scale: field('scale', oneOf(SCALES), 'layer', 'it is layer'),
  zoom: optional('zoom', ZOOM, 'all maps are fitted'),
  limits: optional('limits', LIMITS, 'the limits of the data are used'),
  differenceLimits: optional('difference-limits', LIMITS, 'the limits of the data are used'),
  swipe: field('swipe', whole(0, 100), 50, 'it is 50'),
  pane: field('pane', oneOf(PANES), 'difference', 'difference is shown'),
});

export const USUAL_VIEW: CompareView = COMPARE_VIEW.usual;

/** The address that shows `view`, for links of other pages. */
export function compareHash(view: Partial<CompareView>): string {
  const query = readableQuery(COMPARE_VIEW.format({ ...USUAL_VIEW, ...view }));
  return query === '' ? '#compare' : `#compare?${query}`;
}

export function createCompareAddress(): PageAddress<CompareView> {
  return createPageAddress({ id: 'compare', format: COMPARE_VIEW });
}
