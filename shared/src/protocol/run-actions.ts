/** What the user does to runs: gives them a label or a note, archives them, deletes them and takes that back. */
import { z } from '../zod.js';
import { LIMITS } from './limits.js';

export const RUN_ACTION_LIMITS = {
  /** Runs of one request. */
  runs: 5_000,
  labelLength: 200,
  noteLength: 10_000,
  /** The body of a request. */
  bodyBytes: 1024 * 1024,
} as const;

const runs = z
  .array(z.string().check(z.maxLength(LIMITS.runIdLength)))
  .check(z.minLength(1), z.maxLength(RUN_ACTION_LIMITS.runs));

export const runActionSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('annotate'),
    runs,
    /** Null and empty texts remove what is there. */
    label: z.optional(z.nullable(z.string().check(z.maxLength(RUN_ACTION_LIMITS.labelLength)))),
    note: z.optional(z.nullable(z.string().check(z.maxLength(RUN_ACTION_LIMITS.noteLength)))),
    archived: z.optional(z.boolean()),
  }),
  z.object({
    action: z.literal('delete'),
    runs,
    /** Whether runs that are being written are deleted too. */
    evenIfLive: z.optional(z.boolean()),
  }),
  z.object({ action: z.literal('restore'), deleted: runs }),
]);
export type RunAction = z.infer<typeof runActionSchema>;

/** What became of one run. */
export interface RunActionResult {
  readonly run: string;
  /** `live`: it is being written, so its deletion must be confirmed once more. */
  readonly outcome: 'done' | 'live' | 'failed';
  /** A sentence, unless it is done. */
  readonly reason?: string | undefined;
  /** Of a deleted run: by what it is restored. */
  readonly deleted?: string | undefined;
}

export interface RunActionsAnswer {
  readonly results: readonly RunActionResult[];
}

export const runActionsAnswerSchema: z.ZodMiniType<RunActionsAnswer> = z.object({
  results: z.array(
    z.object({
      run: z.string(),
      outcome: z.enum(['done', 'live', 'failed']),
      reason: z.optional(z.string()),
      deleted: z.optional(z.string()),
    }),
  ),
});

/** A run in the trash. */
export interface DeletedRun {
  readonly deleted: string;
  readonly run: string;
  /** In seconds since the epoch. */
  readonly at: number;
  readonly files: number;
}

export interface TrashAnswer {
  readonly runs: readonly DeletedRun[];
}

export const trashAnswerSchema: z.ZodMiniType<TrashAnswer> = z.object({
  runs: z.array(z.object({ deleted: z.string(), run: z.string(), at: z.number(), files: z.number() })),
});

/** What of the answer to `GET api/session` says whether the one who asks may change runs. */
export interface ControlAnswer {
  readonly readOnly: boolean;
  /** A sentence, if `readOnly`. */
  readonly readOnlyReason?: string | undefined;
}

export const controlAnswerSchema: z.ZodMiniType<ControlAnswer> = z.object({
  readOnly: z.boolean(),
  readOnlyReason: z.optional(z.string()),
});

/** What the user has said of a run. */
export interface RunAnnotation {
  readonly label?: string;
  readonly note?: string;
  readonly archived?: true;
}
