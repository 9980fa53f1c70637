/** Which pictures the probes are, as PROBE_CHOICE_TAG states it while a run trains. */
import { z } from './zod.js';

export interface NamedProbe {
  /** In the test set; null for a picture that a viewer brought along. */
  readonly index: number | null;
  /** Its class by number; null if nobody has said it. */
  readonly label: number | null;
  readonly name: string;
}

export const PROBE_CHOICE_LIMITS = { probes: 8, nameLength: 100, length: 10_000 } as const;

const index = z.nullable(z.int().check(z.nonnegative()));
export const namedProbesSchema: z.ZodMiniType<readonly NamedProbe[]> = z
  .array(
    z.object({ index, label: index, name: z.string().check(z.maxLength(PROBE_CHOICE_LIMITS.nameLength)) }),
  )
  .check(z.maxLength(PROBE_CHOICE_LIMITS.probes));

/** @returns undefined for a text that states no probes */
export function readProbeChoice(text: string): readonly NamedProbe[] | undefined {
  if (text.length > PROBE_CHOICE_LIMITS.length) return undefined;
  try {
    const parsed = namedProbesSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // JSON.parse has no other way to say that it is not JSON.
    return undefined;
  }
}
