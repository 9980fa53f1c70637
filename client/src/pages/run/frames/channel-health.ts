/** The health of channels, which the worker computes for each capture some time after its maps. */
import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import type { Decoded } from '../../../decode/decoded.js';
import { FindingsBook, type FindingsState } from './findings.js';
import type { MapRecord } from './frame.js';

/** All results so far. A new object after each one. */
export interface JudgedHealth {
  /** By the maps that they were computed for. */
  readonly ofMaps: Pick<WeakMap<Decoded, readonly ChannelHealth[]>, 'get'>;
  /** The last result of each layer. */
  readonly last: ReadonlyMap<string, readonly ChannelHealth[]>;
}

export const NOT_JUDGED: JudgedHealth = { ofMaps: new WeakMap(), last: new Map() };
const NO_HEALTH: readonly ChannelHealth[] = [];

/** The health of a layer's channels in a capture. Until that has been computed, the last known health of the layer. */
export function healthOf(
  { ofMaps, last }: JudgedHealth,
  layer: string,
  record: MapRecord | undefined,
): readonly ChannelHealth[] {
  if (record?.kind !== 'channels' || record.statistics === undefined) return NO_HEALTH;
  return ofMaps.get(record) ?? last.get(layer) ?? NO_HEALTH;
}

export class HealthBook {
  readonly #ofMaps = new WeakMap<Decoded, readonly ChannelHealth[]>();
  #judged: JudgedHealth = { ofMaps: this.#ofMaps, last: new Map() };
  #findings = new FindingsBook();

  get judged(): JudgedHealth {
    return this.#judged;
  }

  get findings(): FindingsState {
    return this.#findings.state();
  }

  hasSeen(layer: string, step: number): boolean {
    return this.#findings.hasSeen(layer, step);
  }

  /** Adds a result; `layer` is undefined if it is not of the shown run. Returns true when the findings changed. */
  add(layer: string | undefined, decoded: Decoded, health: readonly ChannelHealth[]): boolean {
    // An equal result stays the same array, so that components do not render again.
    const before = layer === undefined ? undefined : this.#judged.last.get(layer);
    const judgement = before !== undefined && sameHealth(before, health) ? before : health;
    this.#ofMaps.set(decoded, judgement);
    if (layer === undefined || decoded.kind !== 'channels') return false;
    this.#judged = { ofMaps: this.#ofMaps, last: new Map(this.#judged.last).set(layer, judgement) };
    return this.#findings.add(layer, decoded.step, health);
  }

  forget(): void {
    this.#judged = { ofMaps: this.#ofMaps, last: new Map() };
    this.#findings = new FindingsBook();
  }
}

function sameHealth(a: readonly ChannelHealth[], b: readonly ChannelHealth[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, channel) => {
      const other = b[channel]!;
      return (
        one.conditions.join() === other.conditions.join() &&
        one.duplicateOf?.channel === other.duplicateOf?.channel &&
        one.duplicateOf?.correlation === other.duplicateOf?.correlation
      );
    })
  );
}
