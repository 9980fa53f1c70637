/** Channels that are dead, always on, duplicates, constant or not finite, and when. */
import { type ChannelCondition, CONDITIONS } from '@convscope/shared/channels/health.js';
import { formatStep } from '../../../ui/format.js';
import type { Interval, LayerHealth } from './layer-health.js';

export interface Finding {
  readonly layer: string;
  readonly channel: number;
  readonly condition: ChannelCondition;
  /** The newest interval of this condition. */
  readonly last: Interval;
  /** The intervals before it, ascending. */
  readonly earlier: readonly Interval[];
}

export type HealthByLayer = ReadonlyMap<string, LayerHealth>;

/**
 * Findings by layer, in the given order, the longest first. `now`: the most severe condition of each channel in the newest
 * capture. `ever`: every condition that any capture shows.
 */
export function findingsOf(
  layers: readonly string[],
  health: HealthByLayer,
  when: 'now' | 'ever',
): readonly Finding[] {
  return layers.flatMap((layer) => {
    const channels = [...(health.get(layer)?.intervals ?? [])];
    const findings = channels.flatMap(([channel, intervals]) => {
      const all = CONDITIONS.flatMap((condition): Finding[] => {
        const same = intervals.filter((one) => one.condition === condition);
        const last = same.at(-1);
        return last === undefined ? [] : [{ layer, channel, condition, last, earlier: same.slice(0, -1) }];
      });
      return when === 'ever' ? all : all.filter(({ last }) => last.holds).slice(0, 1);
    });
    return findings.sort(
      (a, b) => b.last.to - b.last.from - (a.last.to - a.last.from) || a.channel - b.channel,
    );
  });
}

/** `415–600`, or `at 415` for a single capture, since a lone number behind a condition would be read as a count. */
export function intervalText({ from, to }: Pick<Interval, 'from' | 'to'>): string {
  return from === to ? `at ${formatStep(from)}` : stepsText({ from, to });
}

function stepsText({ from, to }: Pick<Interval, 'from' | 'to'>): string {
  return from === to ? formatStep(from) : `${formatStep(from)}–${formatStep(to)}`;
}

/** `415–600, earlier 110, 220–260`: the newest interval and those before it, at most `most` of them. */
export function intervalsText(last: Interval, earlier: readonly Interval[], most = 6): string {
  if (earlier.length === 0) return intervalText(last);
  const shown = earlier.slice(-most).map(stepsText).join(', ');
  const more = earlier.length > most ? `${earlier.length - most} more, ` : '';
  return `${intervalText(last)}, earlier ${more}${shown}`;
}
