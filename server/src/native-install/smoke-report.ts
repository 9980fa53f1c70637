import { z } from 'zod';

/** What the child process that tries a package prints on its last line. */
export const smokeReportSchema = z.object({
  /** Version of the TensorFlow library. */
  tensorflow: z.string(),
  /** Version of tfjs. */
  tfjs: z.string(),
  gpu: z.boolean(),
  /** From the start of loading to the last checked number. */
  milliseconds: z.number(),
});
export type SmokeReport = z.infer<typeof smokeReportSchema>;

/** Prefix of the line with the report, since the library prints lines of its own. */
export const SMOKE_MARK = 'convscope-smoke ';
