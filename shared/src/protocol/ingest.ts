/**
 * The messages between a sender and the hub. Every incoming message is parsed with the schemas below, once, where it
 * arrives.
 */
import { z } from '../zod.js';
import type { ControlAnswer, PassedRequest, TrainerState } from './control.js';
import { LIMITS } from './limits.js';

export const INGEST_NAMESPACE = '/ingest';

export const ingestAuthSchema = z.object({ token: z.string().check(z.maxLength(256)), protocol: z.int() });

/** A sender announces the one file that it writes. The hub answers with the file's length, where the sender continues. */
export const ingestOpenSchema = z.object({
  runUid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** The requested name, which may contain `/`. If it is taken, the hub adds a suffix. */
  run: z.string().check(z.minLength(1), z.maxLength(LIMITS.runNameLength)),
  file: z.string().check(z.minLength(1), z.maxLength(LIMITS.fileNameLength)),
});
export type IngestOpen = z.infer<typeof ingestOpenSchema>;

export const ingestWriteSchema = z.object({
  runUid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  file: z.string().check(z.minLength(1), z.maxLength(LIMITS.fileNameLength)),
  offset: z.int().check(z.nonnegative()),
});
export type IngestWrite = z.infer<typeof ingestWriteSchema>;

export type IngestAnswer =
  /**
   * `length` is the file's length on the hub's disk, and thereby the acknowledgement. `run` is the run's id and `path`
   * the absolute path of its directory on the hub's machine.
   */
  | { readonly ok: true; readonly length: number; readonly run: string; readonly path: string }
  /** `retry` is true for errors that may go away (full disk), false for others (a name outside the logdir). */
  | { readonly ok: false; readonly error: string; readonly retry: boolean };

export interface IngestClientEvents {
  open(message: IngestOpen, answer: (answer: IngestAnswer) => void): void;
  /** Bytes of the file at `offset`. Written only if `offset` equals the file's length on disk. */
  write(message: IngestWrite, bytes: Uint8Array, answer: (answer: IngestAnswer) => void): void;
  /** Everything was acknowledged and the sender is about to disconnect. */
  close(message: Pick<IngestOpen, 'runUid' | 'file'>, answer: (answer: IngestAnswer) => void): void;
  /** The process that writes the run can be asked, and this holds there: `protocol/control`. */
  state(message: { readonly runUid: string; readonly state: TrainerState }): void;
}

export interface IngestServerEvents {
  /** What a viewer asks of the process. Answered when it has been applied or refused. */
  ask(message: PassedRequest, answer: (answer: ControlAnswer) => void): void;
}
