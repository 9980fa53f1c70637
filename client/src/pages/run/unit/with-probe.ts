/** The probes with one more test picture among them. */
import type { NamedProbe } from '@convscope/shared/probe-choice.js';
import { CONTROL_LIMITS, type ControlRequest } from '@convscope/shared/protocol/control.js';

export interface WithProbe {
  readonly request: ControlRequest & { readonly ask: 'probes' };
  /** The probe whose place it takes; undefined while there is room. */
  readonly replaced: { readonly probe: number; readonly named: NamedProbe } | undefined;
}

/**
 * Where there is no room for another, it takes the place of the last test picture: a picture that a viewer has brought along
 * cannot be chosen again by its number.
 */
export function withProbe(probes: readonly NamedProbe[], index: number): WithProbe {
  const lastOfTest = probes.findLastIndex((one) => one.index !== null);
  const isFull = probes.length >= CONTROL_LIMITS.probes;
  const at = isFull ? (lastOfTest < 0 ? probes.length - 1 : lastOfTest) : probes.length;
  const kept = probes.map((one, probe) =>
    one.index === null ? { probe, name: one.name } : { index: one.index },
  );
  const named = probes[at];
  return {
    request: { ask: 'probes', probes: [...kept.slice(0, at), { index }, ...kept.slice(at + 1)] },
    replaced: named && { probe: at, named },
  };
}
