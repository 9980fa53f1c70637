/** Channels that are dead, always on, duplicates, constant or not finite, and the first step at which each was. */
import type { ChannelCondition, ChannelHealth } from '@convscope/shared/channels/health.js';

export interface Finding {
  readonly layer: string;
  readonly channel: number;
  readonly condition: ChannelCondition;
  /** For a duplicate: the channel that it repeats, and whether with the opposite sign. */
  readonly of: { readonly channel: number; readonly negative: boolean } | undefined;
  /** The earliest scanned capture with this condition. */
  readonly firstStep: number;
}

export interface FindingsState {
  /** The conditions in the newest scanned capture of each layer, most recent first step first. */
  readonly findings: readonly Finding[];
  /** The number of steps that were scanned. */
  readonly looked: number;
  /** Read with `firstStepOf`. */
  readonly firstSteps: ReadonlyMap<string, number>;
}

export const NO_FINDINGS: FindingsState = { findings: [], looked: 0, firstSteps: new Map() };

function keyOf(layer: string, channel: number, condition: ChannelCondition): string {
  return `${layer}\n${channel}\n${condition}`;
}

/** The step of the earliest scanned capture in which the channel had the condition. */
export function firstStepOf(
  { firstSteps }: Pick<FindingsState, 'firstSteps'>,
  layer: string,
  channel: number,
  condition: ChannelCondition,
): number | undefined {
  return firstSteps.get(keyOf(layer, channel, condition));
}

export class FindingsBook {
  readonly #first = new Map<string, number>();
  readonly #newest = new Map<string, { readonly step: number; readonly health: readonly ChannelHealth[] }>();
  readonly #seen = new Map<string, Set<number>>();

  /** Returns false when this capture of the layer has been added before. */
  add(layer: string, step: number, health: readonly ChannelHealth[]): boolean {
    let seen = this.#seen.get(layer);
    if (seen === undefined) {
      seen = new Set();
      this.#seen.set(layer, seen);
    }
    if (seen.has(step)) return false;
    seen.add(step);
    health.forEach(({ conditions }, channel) => {
      for (const condition of conditions) {
        const key = keyOf(layer, channel, condition);
        this.#first.set(key, Math.min(step, this.#first.get(key) ?? Number.POSITIVE_INFINITY));
      }
    });
    const newest = this.#newest.get(layer);
    if (newest === undefined || step >= newest.step) this.#newest.set(layer, { step, health });
    return true;
  }

  hasSeen(layer: string, step: number): boolean {
    return this.#seen.get(layer)?.has(step) === true;
  }

  state(): FindingsState {
    const findings: Finding[] = [];
    for (const [layer, { step, health }] of this.#newest) {
      health.forEach(({ conditions, duplicateOf }, channel) => {
        const condition = conditions[0];
        if (condition === undefined) return;
        const firstStep = this.#first.get(keyOf(layer, channel, condition)) ?? step;
        const of =
          condition === 'duplicate' && duplicateOf !== undefined
            ? { channel: duplicateOf.channel, negative: duplicateOf.correlation < 0 }
            : undefined;
        findings.push({ layer, channel, condition, of, firstStep });
      });
    }
    findings.sort((a, b) => b.firstStep - a.firstStep);
    const steps = new Set<number>();
    for (const seen of this.#seen.values()) for (const step of seen) steps.add(step);
    return { findings, looked: steps.size, firstSteps: new Map(this.#first) };
  }
}
