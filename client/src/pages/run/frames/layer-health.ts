/** The health of a layer's channels over all captures: in which steps each condition held. */

import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import {
  type Activation,
  type ChannelCondition,
  type ChannelHealth,
  CONDITIONS,
  channelHealth,
} from '@convscope/shared/channels/health.js';
import type { TagHistory } from './capture-histories.js';
import { indexAt } from './frame.js';

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

/** What was computed of a shorter history. */
export interface EarlierHealth {
  readonly history: TagHistory;
  readonly activation: Activation;
  readonly health: LayerHealth;
}

/**
 * @param pending captures that the history lacks, without those that have just come
 * @param before if the history has only grown since, what it has more is all that is judged
 */
export function layerHealth(
  history: TagHistory,
  pending: number,
  activation: Activation,
  before?: EarlierHealth,
): LayerHealth {
  const hasGrown =
    before !== undefined &&
    before.activation === activation &&
    before.history.edition === history.edition &&
    before.history.captures.length <= history.captures.length;
  const known = hasGrown ? before.health : undefined;
  const from = hasGrown ? before.history.captures.length : 0;
  const added = history.captures.slice(from).filter(({ channels }) => channels > 0);
  const unreadable = history.unreadable.length;
  if (known !== undefined && added.length === 0) return { ...known, pending, unreadable };
  const steps = [...(known?.steps ?? []), ...added.map(({ step }) => step)];
  const judgements = [...(known?.judgements ?? [])];
  const counts = new Map(known?.counts);
  for (const [condition, count] of counts) counts.set(condition, longer(count, steps.length));
  const intervals = new GrowingIntervals(known?.intervals);
  for (const capture of added) {
    const channels = judged(capture, activation, judgements.at(-1));
    for (const { conditions } of channels) {
      for (const condition of conditions) {
        const count = counts.get(condition) ?? new Uint32Array(steps.length);
        counts.set(condition, count);
        count[judgements.length]!++;
      }
    }
    judgements.push(channels);
    intervals.add(capture.step, channels);
  }
  return {
    ...{ steps, pending, unreadable, counts, judgements },
    pictures: added.at(-1)?.pictures ?? 0,
    intervals: intervals.all(),
  };
}

function longer(count: Uint32Array, length: number): Uint32Array {
  const grown = new Uint32Array(length);
  grown.set(count);
  return grown;
}

/** The intervals of a layer while captures are added to it. What it was given is not changed. */
class GrowingIntervals {
  readonly #all: Map<number, readonly Interval[]>;
  /** Those of channels that have changed: lists and intervals of our own. */
  readonly #changed = new Map<number, Mutable<Interval>[]>();
  /** Channels with a condition in the newest capture. */
  #holding = new Set<number>();

  constructor(known: ReadonlyMap<number, readonly Interval[]> = new Map()) {
    this.#all = new Map(known);
    for (const [channel, intervals] of known)
      if (intervals.some(({ holds }) => holds)) this.#holding.add(channel);
  }

  add(step: number, channels: readonly ChannelHealth[]): void {
    const before = this.#holding;
    this.#holding = new Set();
    channels.forEach((health, channel) => {
      if (health.conditions.length === 0) return;
      this.#holding.add(channel);
      this.#addTo(this.#own(channel), step, health);
    });
    for (const channel of before)
      if (!this.#holding.has(channel)) for (const one of this.#own(channel)) one.holds = false;
  }

  all(): ReadonlyMap<number, readonly Interval[]> {
    for (const [channel, intervals] of this.#changed) {
      intervals.sort(
        (a, b) => CONDITIONS.indexOf(a.condition) - CONDITIONS.indexOf(b.condition) || a.from - b.from,
      );
      this.#all.set(channel, intervals);
    }
    return this.#all;
  }

  #own(channel: number): Mutable<Interval>[] {
    let own = this.#changed.get(channel);
    if (own === undefined) {
      own = (this.#all.get(channel) ?? []).map((one) => ({ ...one }));
      this.#changed.set(channel, own);
    }
    return own;
  }

  /** A condition goes on if the capture before this one shows it too. */
  #addTo(intervals: Mutable<Interval>[], step: number, { conditions, duplicate }: ChannelHealth): void {
    const open = intervals.filter(({ holds }) => holds);
    for (const one of open) one.holds = false;
    for (const condition of conditions) {
      const of =
        condition === 'duplicate' && duplicate !== undefined
          ? { channel: duplicate.of, negative: duplicate.correlation < 0 }
          : undefined;
      const same = open.find(
        (one) =>
          one.condition === condition && one.of?.channel === of?.channel && one.of?.negative === of?.negative,
      );
      if (same === undefined) intervals.push({ condition, from: step, to: step, holds: true, of });
      else Object.assign(same, { to: step, holds: true });
    }
  }
}

/** The judgement of a capture: the same array as `before` if it is equal, so that what shows it need not be drawn again. */
function judged(
  capture: CaptureSummary,
  activation: Activation,
  before: readonly ChannelHealth[] | undefined,
): readonly ChannelHealth[] {
  const judgement = channelHealth(capture, activation);
  const isSame =
    before?.length === judgement.length && judgement.every((one, at) => isEqual(one, before[at]!));
  return isSame ? before : judgement;
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
