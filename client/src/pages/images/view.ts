/** What the images page shows, as its address says it. */
import { createPageAddress, type PageAddress } from '../../ui/page-address.js';

export interface ImagesView {
  /** A regular expression over tags, or a part of them. */
  readonly tags: string;
  /** The step of all cards; undefined: the newest, and each one that comes. */
  readonly step: number | undefined;
  /** Whether each card has a slider of its own. */
  readonly each: boolean;
  /** With a slider for each: the step of a card, by `cardKey`. Cards that are not named show their newest. */
  readonly steps: ReadonlyMap<string, number>;
  /** Which picture of a batch. */
  readonly picture: number;
  /** Pixels of the screen for each of the picture; undefined: as fits the card. */
  readonly zoom: number | undefined;
  readonly smooth: boolean;
  /** In per cent; 100 leaves the picture as it is. */
  readonly brightness: number;
  readonly contrast: number;
}

export const ZOOMS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;
export const STRONGEST = 400;
const MOST_CARDS = 100;
const LONGEST_FILTER = 500;
const LARGEST_PICTURE = 65_535;

export const USUAL_VIEW: ImagesView = {
  tags: '',
  step: undefined,
  each: false,
  steps: new Map(),
  picture: 0,
  zoom: undefined,
  smooth: false,
  brightness: 100,
  contrast: 100,
};

function wholeIn(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return undefined;
  // −0 would become 0 in the address.
  const value = Number(text) + 0;
  return value >= least && value <= most ? value : undefined;
}

const stepIn = (text: string | null) => wholeIn(text, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

export function parseView(query: URLSearchParams): ImagesView {
  const steps = new Map<string, number>();
  for (const text of query.getAll('card').slice(0, MOST_CARDS)) {
    const at = text.indexOf(':');
    const step = stepIn(text.slice(0, at));
    const key = text.slice(at + 1);
    if (at > 0 && step !== undefined && key.includes('\n')) steps.set(key, step);
  }
  const zoom = wholeIn(query.get('zoom'), 1, 32);
  return {
    tags: (query.get('tags') ?? '').slice(0, LONGEST_FILTER),
    step: stepIn(query.get('step')),
    each: query.get('each') === '1',
    steps,
    picture: wholeIn(query.get('picture'), 0, LARGEST_PICTURE) ?? 0,
    zoom: ZOOMS.find((one) => one === zoom),
    smooth: query.get('smooth') === '1',
    brightness: wholeIn(query.get('brightness'), 0, STRONGEST) ?? 100,
    contrast: wholeIn(query.get('contrast'), 0, STRONGEST) ?? 100,
  };
}

export function formatView(view: ImagesView): URLSearchParams {
  const query = new URLSearchParams();
  if (view.tags !== '') query.set('tags', view.tags);
  if (view.step !== undefined) query.set('step', String(view.step));
  if (view.each) query.set('each', '1');
  for (const [key, step] of [...view.steps].slice(-MOST_CARDS)) query.append('card', `${step}:${key}`);
  if (view.picture !== 0) query.set('picture', String(view.picture));
  if (view.zoom !== undefined) query.set('zoom', String(view.zoom));
  if (view.smooth) query.set('smooth', '1');
  if (view.brightness !== 100) query.set('brightness', String(view.brightness));
  if (view.contrast !== 100) query.set('contrast', String(view.contrast));
  return query;
}

export function createImagesAddress(): PageAddress<ImagesView> {
  return createPageAddress({ id: 'images', parse: parseView, format: formatView });
}
