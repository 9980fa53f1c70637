/** Files that lie beside the event files of a run, for other programs: embeddings, profiles and traces. */
import { z } from '../zod.js';

export interface FileBeside {
  /** Below the folder of the run, with `/` as separator. */
  readonly path: string;
  readonly bytes: number;
}

/** A tensor of TensorBoard's projector, a profile, or the traces that PyTorch's profiler made of one process. */
export interface Beside {
  readonly kind: 'embedding' | 'profile' | 'trace';
  /**
   * The name of the tensor without its step, of the profile's folder, usually its time such as `2026_01_31_23_59_59`, or of the
   * process that was traced, usually its host and number such as `node_4711`.
   */
  readonly name: string;
  /** Of a tensor, if its name says it, as that of `features:00100` does. */
  readonly step?: number;
  /** Of a tensor: how many points it has, and how many values a point. Absent if only reading much would tell. */
  readonly points?: number;
  readonly dimensions?: number;
  readonly files: readonly FileBeside[];
  /** Sentences about what else it names, and is not given. */
  readonly problems?: readonly string[];
}

export interface FilesAnswer {
  readonly version: 1;
  readonly run: string;
  readonly beside: readonly Beside[];
  /** Sentences about what could not be listed; absent if there is nothing. */
  readonly problems?: readonly string[];
}

export const filesAnswerSchema: z.ZodMiniType<FilesAnswer> = z.object({
  version: z.literal(1),
  run: z.string(),
  beside: z.array(
    z.object({
      kind: z.enum(['embedding', 'profile', 'trace']),
      name: z.string(),
      step: z.exactOptional(z.number()),
      points: z.exactOptional(z.number()),
      dimensions: z.exactOptional(z.number()),
      files: z.array(z.object({ path: z.string(), bytes: z.number() })),
      problems: z.exactOptional(z.array(z.string())),
    }),
  ),
  problems: z.exactOptional(z.array(z.string())),
});
