import { z } from 'zod';

/** The child process that probes a backend prints its result on one line after this mark. */
export const PROBE_MARK = 'convscope-backend ';

export const backendProbeSchema = z.object({
  library: z.string(),
  source: z.string().nullable(),
  device: z.enum(['gpu', 'cpu']),
  threads: z.number().int().nullable(),
  /** Time from the start of loading to the last check of a result. */
  milliseconds: z.number(),
});
export type BackendProbe = z.infer<typeof backendProbeSchema>;
