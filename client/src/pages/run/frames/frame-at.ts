/** The frame to show for a step, and the captures to load for it: its own, and those that will be needed soon. */
import type { Loaded } from '../../../blobs/capture-loader.js';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import { assembleFrame, type Frame, refsOf, sourceRefs } from './frame.js';
import { playedAfter } from './goal.js';
import type { LayerView } from './layers.js';
import type { Scrubbing } from './scrubbing.js';
import type { Target } from './target.js';

export interface FrameAt {
  /** Complete, or that of the step as far as it is loaded. */
  readonly frame: Frame;
  readonly wanted: readonly CaptureRef[];
  readonly ahead: readonly CaptureRef[];
  /** What the playhead has just passed, and may be shown if it comes. */
  readonly passed: readonly CaptureRef[];
}

/** What a step needs, and its frame as far as that is loaded. */
interface PartsAt {
  readonly refs: readonly CaptureRef[];
  frame(): Frame;
}

/** Without options all parts of the step. `probe`: the maps of this one are enough; `coming`: the first row that the hub will push. */
export function partsAt(
  { data, layer, isGradientShown }: Target & { readonly layer: LayerView },
  step: number,
  get: (ref: CaptureRef) => Loaded | undefined,
  {
    isWhole = true,
    probe,
    coming,
  }: {
    readonly isWhole?: boolean;
    readonly probe?: number | undefined;
    readonly coming?: ((tag: string) => number) | undefined;
  } = {},
): PartsAt {
  const { output, ...others } = refsOf(data, layer, step, coming);
  const refs = {
    ...(output === undefined ? {} : { output: { ...output, probe } }),
    ...(isWhole ? others : isGradientShown && others.gradient ? { gradient: others.gradient } : {}),
  };
  const further = isWhole ? sourceRefs(data, layer, step, coming) : [];
  return {
    refs: [...Object.values(refs), ...further],
    frame: () => assembleFrame(data, layer, step, refs, get, further, isWhole),
  };
}

export function frameAt(
  target: Target & { readonly layer: LayerView },
  place: {
    readonly step: number;
    /** Among the steps with captures, of the last one that is not after `step`; −1 if there is none. */
    readonly index: number;
    readonly scrubbing: Scrubbing;
    /** The frame that is shown. */
    readonly shown: Frame | undefined;
    readonly coming: (tag: string) => number;
    /** Whether the colours of the output do not depend on what else its record shows. */
    readonly isRangeKnown: boolean;
    readonly get: (ref: CaptureRef) => Loaded | undefined;
  },
): FrameAt {
  const { data, layer, steps, following, playback } = target;
  const { step, index, scrubbing, coming, get } = place;
  // Most captures that a moving playhead passes are seen for a moment, with one of their pictures.
  const isPassing = scrubbing.isMoving || playback.playing;
  const probe = isPassing && place.isRangeKnown ? target.probe : undefined;
  // Of the captures that a playhead passes only the output grid is drawn. Computed maps need all that they are computed from.
  const isWhole = !scrubbing.isMoving || layer.walk?.computed !== undefined;
  const assemble = (one: number, arriving?: (tag: string) => number) =>
    partsAt(target, one, get, { isWhole, probe, coming: arriving });
  const refsAt = (one: number) => assemble(steps[one]!).refs;
  const at = scrubbing.isMoving ? (steps[scrubbing.shownFor(index, steps.length)] ?? step) : step;
  const current = assemble(at, coming);
  const frame = current.frame();
  const soon =
    following || index < 0
      ? []
      : playback.playing
        ? playedAfter(index, steps.length, playback.loop)
        : scrubbing.soon(index, steps.length);
  const passed = scrubbing.passed(index, steps.length);
  const nearest = scrubbing.isMoving ? nearestFrame() : frame;
  return {
    frame: nearest,
    wanted: current.refs,
    ahead: soon.flatMap(refsAt).map((ref) => ({ ...ref, ahead: true })),
    passed: passed.flatMap(refsAt),
  };

  /** Of the complete frames that the playhead has reached or passed the nearest one, or the one that is shown. */
  function nearestFrame(): Frame {
    const byDistance = (a: number, b: number) => Math.abs(step - a) - Math.abs(step - b);
    const shown =
      place.shown?.run === data.run && place.shown.layer === layer && place.shown.settled
        ? place.shown
        : undefined;
    const distance = shown === undefined ? Number.POSITIVE_INFINITY : Math.abs(step - shown.step);
    for (const one of [...passed.map((index) => steps[index]!), at].sort(byDistance)) {
      if (Math.abs(step - one) > distance || (one !== at && Math.abs(step - one) === distance)) break;
      const candidate = one === at ? frame : assemble(one).frame();
      if (candidate.settled) return candidate;
    }
    return shown ?? frame;
  }
}
