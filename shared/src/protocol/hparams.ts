/**
 * What the runs of a logdir were trained with, in one answer for all of them: the hyperparameters that TensorBoard's hparams
 * plugin logs (torch, tensorboardX, Keras) and the configuration that convscope logs. The summary of a run has the same
 * values within limits (LIMITS.config), live; this answer has all, and what the experiment says of them.
 */
import { HPARAM_TYPES, METRIC_SETS, SESSION_STATUSES } from '../event-log/hparams-enums.js';
import type { RunConfig } from '../run-description.js';
import { z } from '../zod.js';

/** Texts longer than this are cut. A configuration has at most HPARAMS values. */
export const HPARAM_TEXT = 4096;

export interface HparamsAnswer {
  readonly version: number;
  readonly runs: readonly HparamsRun[];
  readonly experiments: readonly HparamsExperiment[];
}

/** A run that states hyperparameters or a configuration. */
export interface HparamsRun {
  readonly run: string;
  readonly generation: number;
  /** Numbers that JSON lacks are "NaN", "Infinity" and "-Infinity". */
  readonly values: RunConfig;
  /** How many values are left out, since their names or texts are too long; absent if none. */
  readonly omitted?: number | undefined;
  /** Sessions of one group are repetitions of the same experiment. Absent where the log names none. */
  readonly group?: string | undefined;
  /** How the session ended, as the hparams plugin knows it. */
  readonly status?: (typeof SESSION_STATUSES)[number] | undefined;
  /** In seconds since the epoch. */
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  readonly monitorUrl?: string | undefined;
}

/** What an experiment declares. Keras logs one beside its sessions, torch one with every run. */
export interface HparamsExperiment {
  /** The run whose log declares it. */
  readonly run: string;
  readonly description?: string | undefined;
  readonly hparams: readonly {
    readonly name: string;
    readonly displayName?: string | undefined;
    readonly description?: string | undefined;
    readonly type: (typeof HPARAM_TYPES)[number];
    readonly discrete?: readonly (string | number | boolean)[] | undefined;
    readonly interval?: { readonly min: number | string; readonly max: number | string } | undefined;
  }[];
  readonly metrics: readonly {
    /** A tag of scalars. */
    readonly tag: string;
    /** The folder below the session's that logs it, such as `validation`; empty for the session's own run. */
    readonly group: string;
    readonly displayName?: string | undefined;
    readonly description?: string | undefined;
    readonly set: (typeof METRIC_SETS)[number];
  }[];
}

const value = z.union([z.string(), z.number(), z.boolean()]);
const text = z.optional(z.string());

export const hparamsAnswerSchema: z.ZodMiniType<HparamsAnswer> = z.object({
  version: z.number(),
  runs: z.array(
    z.object({
      run: z.string(),
      generation: z.number(),
      values: z.record(z.string(), value),
      omitted: z.optional(z.number()),
      group: text,
      status: z.optional(z.enum(SESSION_STATUSES)),
      started: z.optional(z.number()),
      ended: z.optional(z.number()),
      monitorUrl: text,
    }),
  ),
  experiments: z.array(
    z.object({
      run: z.string(),
      description: text,
      hparams: z.array(
        z.object({
          name: z.string(),
          displayName: text,
          description: text,
          type: z.enum(HPARAM_TYPES),
          discrete: z.optional(z.array(value)),
          interval: z.optional(
            z.object({ min: z.union([z.number(), z.string()]), max: z.union([z.number(), z.string()]) }),
          ),
        }),
      ),
      metrics: z.array(
        z.object({
          tag: z.string(),
          group: z.string(),
          displayName: text,
          description: text,
          set: z.enum(METRIC_SETS),
        }),
      ),
    }),
  ),
});
