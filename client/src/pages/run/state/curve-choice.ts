/** Which scalar the timeline draws: the choice is in the address, and is kept by its tag for pages that are opened later. */
import { curveOf, curveTag, isStandIn, smoothingOf } from '../../../runs/curves.js';
import { preferCurve, preferredCurve } from '../../../runs/preferred-curve.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Curve } from '../../../series/curve.js';
import type { Store } from '../../../ui/store.js';
import type { ViewState } from './view-state.js';

export interface CurveChoice {
  /** Draws this scalar, in every run that has it. */
  choose(tag: string): void;
  /** The scalar that is drawn, as far as the data of the chosen run tells. */
  tagOf(data: RunData | undefined): string | undefined;
  /** Whether the scalar is drawn because the run logs no loss and none was chosen. */
  isStandIn(data: RunData): boolean;
  /** The curve of the scalar in the chosen run. */
  curveOf(data: RunData): Curve | undefined;
  /** What a link has to name, so that it draws the same for everyone. */
  toLink(data: RunData | undefined): string | undefined;
}

export function createCurveChoice(
  view: Store<ViewState>,
  show: (change: Partial<ViewState>) => void,
): CurveChoice {
  const tagOf = (data: RunData | undefined): string | undefined => {
    const asked = view.get().curve;
    return data === undefined ? asked : curveTag(data, asked, preferredCurve());
  };
  return {
    tagOf,
    isStandIn: (data) => isStandIn(data, view.get().curve, preferredCurve()),
    curveOf: (data) => curveOf(data, tagOf(data), view.get().smoothing),
    choose(tag) {
      preferCurve(tag);
      // A smoothing that was asked for another curve is not asked for one that is exact.
      const isExact = smoothingOf(tag, Number.POSITIVE_INFINITY, undefined) === 0;
      show({ curve: tag, span: undefined, smoothing: isExact ? undefined : view.get().smoothing });
    },
    toLink(data) {
      const tag = tagOf(data);
      return view.get().curve ?? (tag === preferredCurve() ? tag : undefined);
    },
  };
}
