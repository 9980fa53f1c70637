/** The health of a layer's channels over all captures: in which steps each condition held. */

import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import {
  type Activation,
  type ChannelCondition,
  type ChannelHealth,
  CONDITIONS,
  channelHealth,
  firstSizes,
} from '@convscope/shared/channels/health.js';
import { indexAt } from '@convscope/shared/sorted.js';
import type { TagHistory } from './capture-histories.js';

/** A condition that held in every capture from one step to another. What happened between captures is not known. */
export interface Interval {
  readonly condition: ChannelCondition;
  /** The first and the last capture that show it; equal if only one does. */
  readonly from: number;
  readonly to: number;
  /** Whether the newest capture shows it. */
  readonly holds: boolean;
  /** For a duplicate: the channel that it repeats, and whether with the opposite sign. */
  readonly of: { readonly channel: number; readonly negative: boolean } | undefined;
}

export interface LayerHealth {
  /** Steps of the captures that were judged, ascending. */
  readonly steps: readonly number[];
  /** Captures that are not judged yet, without those that have just come. */
  readonly pending: number;
  /** Captures that cannot be read. */
  readonly unreadable: number;
  /** How many pictures the newest judgement covers. */
  readonly pictures: number;
  /** Of channels that had any condition in any capture: its intervals, by condition and then by step. */
  readonly intervals: ReadonlyMap<number, readonly Interval[]>;
  /** For each condition that occurs: the number of channels that have it, per capture. */
  readonly counts: ReadonlyMap<ChannelCondition, Uint32Array>;
  /** Per capture, one entry per channel. */
  readonly judgements: readonly (readonly ChannelHealth[])[];
}

const NO_HEALTH: readonly ChannelHealth[] = [];

/** Steps after which little is left of what running averages began with: less than 0.1 ‰ with a momentum of 0.99. */
const SETTLED = 1000;

/**
 * @param pending captures that the history lacks, without those that have just come
 * @param hasRunningAverages whether the first captures say nothing of how large values are in a healthy layer
 */
export function layerHealth(
  history: TagHistory,
  pending: number,
  activation: Activation,
  hasRunningAverages = false,
): LayerHealth {
  const first = sizesAtFirst(history.captures, hasRunningAverages ? SETTLED : 0);
  const captures: CaptureSummary[] = [];
  const judgements: (readonly ChannelHealth[])[] = [];
  for (const capture of history.captures) {
    const judgement = judged(capture, activation, first, judgements.at(-1));
    if (judgement.length === 0) continue;
    captures.push(capture);
    judgements.push(judgement);
  }
  const steps = captures.map(({ step }) => step);
  const counts = new Map<ChannelCondition, Uint32Array>();
  const open = new Map<string, Mutable<Interval>>();
  const found = new Map<number, Interval[]>();
  judgements.forEach((channels, index) => {
    const step = steps[index]!;
    const isNewest = index === steps.length - 1;
    channels.forEach(({ conditions, duplicate }, channel) => {
      for (const condition of conditions) {
        let count = counts.get(condition);
        if (count === undefined) {
          count = new Uint32Array(steps.length);
          counts.set(condition, count);
        }
        count[index]!++;
        const of =
          condition === 'duplicate' && duplicate !== undefined
            ? { channel: duplicate.of, negative: duplicate.correlation < 0 }
            : undefined;
        const key = `${channel} ${condition} ${of?.channel ?? ''} ${of?.negative ?? ''}`;
        const before = open.get(key);
        // It goes on if the capture before this one shows it too.
        if (before !== undefined && before.to === steps[index - 1]) {
          before.to = step;
          before.holds = isNewest;
          continue;
        }
        const interval = { condition, from: step, to: step, holds: isNewest, of };
        open.set(key, interval);
        const known = found.get(channel);
        if (known === undefined) found.set(channel, [interval]);
        else known.push(interval);
      }
    });
  });
  for (const intervals of found.values())
    intervals.sort(
      (a, b) => CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition) || a.from - b.from,
    );
  return {
    steps,
    pending,
    unreadable: history.unreadable.length,
    pictures: captures.at(-1)?.pictures ?? 0,
    intervals: found,
    counts,
    judgements,
  };
}

/** Judgements of captures, so that a longer history costs the work of its new captures only. */
const kept = new WeakMap<
  CaptureSummary,
  {
    readonly activation: Activation;
    readonly first: Float64Array | undefined;
    readonly channels: readonly ChannelHealth[];
  }
>();
const sizes = new WeakMap<CaptureSummary, Float64Array | undefined>();
/** The largest sizes from the first capture up to this one. */
const largest = new WeakMap<CaptureSummary, Float64Array>();

/**
 * The sizes of the first capture that is not all zeros, or the largest within so many steps after it: the same array while
 * these are the same captures.
 */
function sizesAtFirst(captures: readonly CaptureSummary[], within: number): Float64Array | undefined {
  let found: Float64Array | undefined;
  let until = Number.POSITIVE_INFINITY;
  for (const capture of captures) {
    if (capture.step > until) break;
    if (!sizes.has(capture)) sizes.set(capture, firstSizes(capture));
    const own = sizes.get(capture);
    if (own === undefined) continue;
    if (found === undefined) {
      found = own;
      until = capture.step + within;
      if (within === 0) break;
      continue;
    }
    const before = found;
    const merged = largest.get(capture) ?? own.map((size, channel) => Math.max(size, before[channel] ?? 0));
    largest.set(capture, merged);
    found = merged;
  }
  return found;
}

/** The judgement of a capture: the same array as `before` if it is equal, so that what shows it need not be drawn again. */
function judged(
  capture: CaptureSummary,
  activation: Activation,
  first: Float64Array | undefined,
  before: readonly ChannelHealth[] | undefined,
): readonly ChannelHealth[] {
  const known = kept.get(capture);
  if (known?.activation === activation && known.first === first) return known.channels;
  const judgement = channelHealth(capture, activation, first);
  const isSame = before?.length === judgement.length && judgement.every((one, i) => isEqual(one, before[i]!));
  const channels = isSame ? before : judgement;
  kept.set(capture, { activation, first, channels });
  return channels;
}

function isEqual(a: ChannelHealth, b: ChannelHealth): boolean {
  return (
    a.conditions.length === b.conditions.length &&
    a.conditions.every((condition, index) => condition === b.conditions[index]) &&
    a.duplicate?.of === b.duplicate?.of &&
    a.duplicate?.correlation === b.duplicate?.correlation
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The health of the channels in the capture of a step; empty until it has been judged. The newest capture takes that of
 * the one before it until then.
 */
export function healthAt(
  health: LayerHealth | undefined,
  step: number | undefined,
): readonly ChannelHealth[] {
  if (health === undefined || step === undefined) return NO_HEALTH;
  const index = indexAt(health.steps, step);
  const isUpToDate = index === health.steps.length - 1 && health.pending === 0;
  return health.steps[index] === step || isUpToDate ? (health.judgements[index] ?? NO_HEALTH) : NO_HEALTH;
}
