import { z } from 'zod';

/** What the child process that tries a backend says, after this mark, on a line of its own. */
export const PROBE_MARK = 'convscope-backend ';

export const backendProbeSchema = z.object({
  library: z.string(),
  source: z.string().nullable(),
  device: z.enum(['gpu', 'cpu']),
  threads: z.number().int().nullable(),
  /** From the start of loading to the last checked number. */
  milliseconds: z.number(),
});
export type BackendProbe = z.infer<typeof backendProbeSchema>;
