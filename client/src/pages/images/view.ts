/** What the images page shows, as its address says it. */
import { type ChosenRuns, createRunsAddress, RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import type { PageAddress } from '../../ui/page-address.js';
import { createViewFormat, field, flag, list, mapped, optional } from '../../ui/view-format.js';
import { type Kind, oneOf, STEP, text, whole } from '../../ui/view-kinds.js';

export interface ImagesView extends ViewOfRuns {
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
const LARGEST_PICTURE = 65_535;

/** `12:` and the key of a card. */
const CARD: Kind<readonly [key: string, step: number]> = {
  read(one) {
    const at = one.indexOf(':');
    const step = STEP.read(one.slice(0, at));
    const key = one.slice(at + 1);
    return at > 0 && step !== undefined && key.includes('\n') ? [key, step] : undefined;
  },
  write: ([key, step]) => `${step}:${key}`,
  takes: 'a step and a card',
};

export const IMAGES_VIEW = createViewFormat<ImagesView>({
  tags: field('tags', text(), '', 'all tags are shown'),
  step: optional('step', STEP, 'the newest is shown'),
  each: flag('each', 'all cards have one slider'),
  steps: mapped(
    list('card', CARD, { most: MOST_CARDS, instead: 'the newest is shown' }),
    (cards) => new Map(cards),
    // The cards that were moved last.
    (steps) => [...steps].slice(-MOST_CARDS),
  ),
  picture: field('picture', whole(0, LARGEST_PICTURE), 0, 'the first is shown'),
  zoom: optional<number>('zoom', oneOf(ZOOMS), 'pictures are fitted'),
  smooth: flag('smooth', 'pixels stay sharp'),
  brightness: field('brightness', whole(0, STRONGEST), 100, 'it is 100'),
  contrast: field('contrast', whole(0, STRONGEST), 100, 'it is 100'),
  runs: RUN_CHOICE,
});

export function createImagesAddress(runs: ChosenRuns): PageAddress<ImagesView> {
  return createRunsAddress(runs, { id: 'images', format: IMAGES_VIEW });
}
