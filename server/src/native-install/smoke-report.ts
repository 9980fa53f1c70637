import { z } from 'zod';

/** What the child process that tries a package says on its last line. */
export const smokeReportSchema = z.object({
  /** Version of the TensorFlow library that answered. */
  tensorflow: z.string(),
  /** Of tfjs. */
  tfjs: z.string(),
  gpu: z.boolean(),
  /** From the start of loading to the last checked number. */
  milliseconds: z.number(),
});
export type SmokeReport = z.infer<typeof smokeReportSchema>;

/** Precedes the report on its line, for the library prints lines of its own. */
export const SMOKE_MARK = 'convscope-smoke ';
