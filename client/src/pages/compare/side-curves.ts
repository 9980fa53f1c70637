/** The curves of both sides: the loss of each run, or the scalar that stands in for it. */
import { lossLimits } from '../../charts/axis.js';
import { union } from '../../charts/span.js';
import type { StripLine } from '../../charts/strip-chart.js';
import { curveOf, curveTag } from '../../runs/curves.js';
import { runColour, runColourValue } from '../../runs/run-colours.js';
import type { RunData } from '../../runs/run-data.js';
import { type Curve, withBreaks } from '../../series/curve.js';
import type { NonFinite, Part } from '../../series/pixel-columns.js';
import type { Tokens } from '../../ui/tokens.js';
import type { SideState } from './side.js';
import type { SideName } from './view.js';

export interface SideCurve {
  /** The sides that show the run. */
  readonly sides: readonly SideName[];
  readonly run: string;
  readonly data: RunData;
  readonly tag: string | undefined;
  readonly curve: Curve | undefined;
  /** Gives the run's colour. */
  readonly place: number;
}

/** The scalar that is drawn of a run; undefined if it has none. */
export function tagOf(data: RunData | undefined): string | undefined {
  return data === undefined || data.generation < 0 ? undefined : curveTag(data, undefined, undefined);
}

/** One for each run. */
export function sideCurves(
  a: SideState['view'],
  b: SideState['view'],
  placeOf: (run: string) => number,
): readonly SideCurve[] {
  const found = new Map<string, SideCurve>();
  for (const [side, view] of [
    ['a', a],
    ['b', b],
  ] as const) {
    if (view === undefined) continue;
    const { run, data } = view;
    const tag = tagOf(data);
    const known = found.get(run);
    const sides = [...(known?.sides ?? []), side];
    found.set(run, { sides, run, data, tag, curve: curveOf(data, tag, undefined), place: placeOf(run) });
  }
  return [...found.values()];
}

/** From the first step of a curve or capture to the last. */
export function axisOf(curves: readonly SideCurve[], sides: readonly SideState[]): Part {
  const captures = sides.map(({ steps }): Part | undefined => {
    const [first, last] = [steps[0], steps.at(-1)];
    return first === undefined || last === undefined ? undefined : { first, last };
  });
  const { first, last } = union([...curves.map(({ curve }) => curve?.extent), ...captures]) ?? {
    first: 0,
    last: 1,
  };
  return { first, last: Math.max(first + 1, last) };
}

export interface DrawnCurves {
  /** The first is on top. */
  readonly lines: readonly StripLine[];
  readonly values: { readonly lo: number; readonly hi: number };
  /** Of each curve, where it has no finite value. */
  readonly nonFinite: readonly (readonly NonFinite[])[];
}

/** Fewer points than these are drawn as dots too: one alone has no line. */
const FEW = 20;

export function drawnCurves(curves: readonly SideCurve[], axis: Part, tokens: Tokens): DrawnCurves {
  const drawn = curves.flatMap(({ curve, data, place }) => {
    if (curve === undefined) return [];
    const breaks = curve.breaks(data.gaps);
    const smooth = withBreaks(curve.smoothed(axis), breaks);
    const raw = withBreaks(curve.raw(axis), breaks);
    return [{ smooth, raw, curve, place }];
  });
  const lines = drawn.flatMap(({ smooth, raw, curve, place }): StripLine[] => {
    const colour = runColourValue(place, tokens);
    const { dash } = drawn.length > 1 ? runColour(place) : { dash: undefined };
    const dots = curve.length < FEW;
    const main: StripLine = { points: smooth, colour, dash, lane: 'loss', width: 1.75, alpha: 1, dots };
    return curve.weight > 0 ? [main, { points: raw, colour, lane: 'loss', width: 1, alpha: 0.25 }] : [main];
  });
  const [first, ...others] = drawn;
  const values = lossLimits(
    first?.smooth ?? [],
    first?.raw ?? [],
    others.map(({ smooth }) => smooth),
  );
  return { lines, values, nonFinite: drawn.map(({ curve }) => curve.nonFinite(axis)) };
}
