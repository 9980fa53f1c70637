/**
 * What a sender and the hub say to each other. Everything that arrives is parsed with the schemas below, once, at the
 * border.
 */
import { z } from '../zod.js';
import { LIMITS } from './limits.js';

export const INGEST_NAMESPACE = '/ingest';

export const ingestAuthSchema = z.object({ token: z.string().max(256), protocol: z.number().int() });

/** A sender announces the one file that it writes. The hub answers with the file's length, from where to go on. */
export const ingestOpenSchema = z.object({
  runUid: z.string().regex(/^[0-9a-f]{32}$/),
  /** The name that is wanted; a taken one gets a suffix. May hold `/`. */
  run: z.string().min(1).max(LIMITS.runIdLength),
  file: z.string().min(1).max(LIMITS.fileNameLength),
});
export type IngestOpen = z.infer<typeof ingestOpenSchema>;

export const ingestWriteSchema = z.object({
  runUid: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.string().min(1).max(LIMITS.fileNameLength),
  offset: z.number().int().nonnegative(),
});
export type IngestWrite = z.infer<typeof ingestWriteSchema>;

export type IngestAnswer =
  /**
   * `length` is how much of the file is on the hub's disk: the acknowledgement. `run` is the run's id and `path`
   * the absolute path of its directory on the hub's machine.
   */
  | { readonly ok: true; readonly length: number; readonly run: string; readonly path: string }
  /** `retry` is true for what may pass (full disk), false for what will not (a name outside the logdir). */
  | { readonly ok: false; readonly error: string; readonly retry: boolean };

export interface IngestClientEvents {
  open(message: IngestOpen, answer: (answer: IngestAnswer) => void): void;
  /** Bytes of the file at `offset`. Written only where offset equals the file's length on disk. */
  write(message: IngestWrite, bytes: Uint8Array, answer: (answer: IngestAnswer) => void): void;
  /** The sender has had everything acknowledged and leaves. */
  close(message: Pick<IngestOpen, 'runUid' | 'file'>, answer: (answer: IngestAnswer) => void): void;
}

/** What somebody looks at in a run: the sender writes maps of these tags before others, the first before the rest. */
export const lookedAtSchema = z.object({
  run: z.string().max(LIMITS.runIdLength),
  tags: z.array(z.string().max(LIMITS.tagLength)).max(LIMITS.lookedAtTags),
});
export type LookedAtMessage = z.infer<typeof lookedAtSchema>;

export interface IngestServerEvents {
  /** After an open, and whenever it changes. Nobody looks at anything before. */
  lookedAt(message: LookedAtMessage): void;
}
