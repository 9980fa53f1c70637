/**
 * Checks a view against what the run has. A view comes from an address, which may have been written by hand, or for
 * another run; nothing in it may silently show something else than it says.
 */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { type Conv2dDescription, type MapShape, PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import type { Part } from '../../../series/pixel-columns.js';
import { formatStep } from '../../../ui/format.js';
import { type Frame, probesRow, refAt } from '../frames/frame.js';
import { picturesOf } from '../frames/stacks.js';
import { inputsOf } from './contributions.js';
import type { RunView } from './run-view.js';
import { type Axis, DEFAULT_VIEW, type ViewState } from './view-state.js';

/** What is known of the run. Undefined: not known yet, so that nothing is said about it. */
export interface ViewFacts {
  /** Names of all layers of the net, and of those whose maps are not to be expected any more. */
  readonly layers: readonly string[] | undefined;
  readonly withoutMaps: readonly string[];
  /** The layer that is shown. */
  readonly layer: string | undefined;
  /** Of the shown layer. */
  readonly hasGradients: boolean | undefined;
  /** Of the output of the shown layer. */
  readonly shape: MapShape | undefined;
  readonly probes: number | undefined;
  /** Whether other captures of the run may show more of them, or fewer. */
  readonly probesVary: boolean;
  /** The last step of the run and of all runs: the axis of the timeline may be either. */
  readonly lastStep: Readonly<Record<Axis, number | undefined>>;
  /** The axis of steps in the timeline, which may begin later than 0, and end before the run does. */
  readonly axis: Part | undefined;
  /** Of the shown layer, if the log describes it. */
  readonly convolution: Conv2dDescription | undefined;
}

/**
 * @param run one whose log has been read to its end
 * @param step that the view asks for; undefined for the newest
 */
export function factsOf(
  run: RunView,
  step: number | undefined,
  frame: Frame | undefined,
  runs: readonly RunSummary[],
  axis: Part | undefined,
): ViewFacts {
  const isLive = runs.find((one) => one.run === run.run)?.state === 'live';
  const hasLive = runs.some(({ state }) => state === 'live');
  const isLogged = run.layer?.walk?.computed === undefined;
  const isShown = frame?.run === run.run && frame.layer === run.layer;
  const record = isShown && isLogged ? frame.output?.decoded : undefined;
  const withMaps = run.views.map(({ name }) => name);
  const described = run.model?.layers.map(({ name }) => name);
  // In a live run, maps may still come.
  const mapless = isLive ? [] : (run.model?.layers ?? []);
  return {
    layers: described ?? withMaps,
    withoutMaps: mapless.map(({ name }) => name).filter((name) => !withMaps.includes(name)),
    layer: run.layer?.name,
    hasGradients: isLive ? undefined : run.layer && run.layer.gradient !== undefined,
    shape: mapShapeOf(record?.shape) ?? run.layer?.walk?.description.outputShape,
    probes: probesOf(run, isShown ? frame : undefined, step),
    probesVary: (run.data.blob(PROBE_INPUT_TAG, 'tensor')?.rows ?? 0) > 1,
    lastStep: {
      run: run.steps.length > 0 || run.scalarTags.length > 0 ? run.lastStep : undefined,
      all: runs.every((one) => one.readToEnd)
        ? Math.max(run.lastStep, ...runs.map((one) => one.lastStep))
        : undefined,
    },
    // More of a curve may come.
    axis: axis !== undefined && hasLive ? { first: axis.first, last: Number.POSITIVE_INFINITY } : axis,
    convolution: run.layer?.description,
  };
}

/** How many probes there are at a step. The shown frame tells it if it is of the same ones, and not while another is being loaded. */
function probesOf(
  { data, layer, start }: RunView,
  frame: Frame | undefined,
  step: number | undefined,
): number | undefined {
  const output = frame?.output;
  const captured = layer && refAt(data, layer.output, step ?? Number.POSITIVE_INFINITY)?.at.step;
  const row = probesRow(data, captured);
  const isOfStep = output !== undefined && probesRow(data, output.step) === row;
  if (start === undefined) return isOfStep ? picturesOf(output.decoded) : undefined;
  if (row === undefined || row === 0) return start.probes.length;
  // What is no map of a picture, such as the output of a dense layer, does not say it.
  return isOfStep && output.decoded.kind === 'channels' ? output.decoded.pictures : undefined;
}

function mapShapeOf(shape: readonly number[] | undefined): MapShape | undefined {
  const [channels, height, width] = shape?.slice(-3) ?? [];
  return channels === undefined || height === undefined || width === undefined
    ? undefined
    : [channels, height, width];
}

export interface Checked {
  /** What is shown instead of what the view says, but for the layer. */
  readonly right: Partial<ViewState>;
  /** The layer that is shown instead of the one that the view names. */
  readonly layer: string | undefined;
  /** One sentence for each thing that is not there, but for run, layer and step: those are in absent.ts. */
  readonly problems: readonly string[];
  /** Those that come of the step, and need an explanation when the user goes to it as well. */
  readonly unasked: readonly string[];
}

export function checkView(view: ViewState, facts: ViewFacts): Checked {
  const right: Right = {};
  const problems: string[] = [];
  const { layers, withoutMaps, layer, shape, probes } = facts;
  const isElsewhere = view.layer !== undefined && layer !== undefined && view.layer !== layer;
  const isUnknown = isElsewhere && layers?.includes(view.layer!) === false;
  const hasNoMaps = isElsewhere && withoutMaps.includes(view.layer!);
  const number = (
    name: 'channel' | 'y' | 'x' | 'probe',
    what: string,
    count: number | undefined,
    place: string,
  ) => {
    const value = view[name];
    if (value === undefined || count === undefined || count === 0 || value < count) return;
    const instead = name === 'probe' ? DEFAULT_VIEW.probe : count - 1;
    right[name] = instead;
    const which = count === 1 ? 'only 0' : `only 0 to ${count - 1}`;
    problems.push(`There is no ${what} ${value} ${place}, ${which}: ${what} ${instead} is shown.`);
  };
  const [channels, height, width] = shape ?? [];
  number('probe', 'probe', probes, facts.probesVary ? 'at this step' : 'in this run');
  const unasked = facts.probesVary ? [...problems] : [];
  const ofLayer = `in ${layer ?? 'this layer'}`;
  number('channel', 'channel', channels, ofLayer);
  number('y', 'y', height, ofLayer);
  number('x', 'x', width, ofLayer);
  if (view.stage === 'gradient' && facts.hasGradients === false)
    problems.push(`The log has no gradients of ${layer}: its output is shown.`);
  checkContribution(view, facts, right, problems);
  checkSpan(view, facts, right, problems);
  return { right, layer: isUnknown || hasNoMaps ? layer : undefined, problems, unasked };
}

type Right = { -readonly [K in keyof ViewState]?: ViewState[K] };

function checkContribution(
  { contribution, channel }: ViewState,
  { convolution, layer }: ViewFacts,
  right: Right,
  problems: string[],
): void {
  if (contribution === undefined || convolution === undefined) return;
  const out = right.channel ?? channel;
  const { first, count } = inputsOf({ description: convolution, channel: out });
  const last = first + count - 1;
  if (contribution >= first && contribution <= last) return;
  right.contribution = undefined;
  const which = count === 1 ? `only ${first}` : `only ${first} to ${last}`;
  problems.push(
    `No input channel ${contribution} goes into ${layer} out ${out}, ${which}: the first in the order is shown.`,
  );
}

function checkSpan(view: ViewState, facts: ViewFacts, right: Right, problems: string[]): void {
  const { span } = view;
  const { axis } = facts;
  const lastStep = facts.lastStep[view.axis];
  if (span === undefined) return;
  if (lastStep !== undefined) {
    const last = `The last step is ${formatStep(lastStep)}`;
    if (span.from >= lastStep) {
      right.span = undefined;
      problems.push(`${last}, there are none from ${formatStep(span.from)} on: all steps are shown.`);
    } else if (span.to !== undefined && span.to > lastStep) {
      right.span = { from: span.from, to: undefined };
      problems.push(
        `${last}, and not ${formatStep(span.to)}: the steps from ${formatStep(span.from)} on are shown.`,
      );
    }
  }
  if ('span' in right || axis === undefined) return;
  if (span.to !== undefined && span.to <= axis.first) {
    right.span = undefined;
    problems.push(
      `The first step is ${formatStep(axis.first)}, there are none up to ${formatStep(span.to)}: all steps are shown.`,
    );
  } else if (span.from >= axis.last) {
    right.span = undefined;
    problems.push(
      `This curve ends at step ${formatStep(axis.last)}, there is none of it from ${formatStep(span.from)} on: all steps are shown.`,
    );
  }
}
