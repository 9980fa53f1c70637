import { CAPTURE_BUDGET } from '@convscope/shared/capture-cost.js';
import { parseCaptureSteps } from '@convscope/shared/capture-steps.js';
import { z } from 'zod';
import { BACKEND_NAMES } from '../tfjs/backend.js';
import type { TrainingData } from './data/training-data.js';
import { MODEL_NAMES } from './net/models.js';

const count = (what: string) => z.coerce.number().int().positive(`${what} must be a whole number above 0`);

/** The flags of a training run and their defaults. Parsed once, at the command line. */
export const trainOptions = z.object({
  epochs: count('--epochs').default(10),
  /** Ends the run after so many updates, regardless of `epochs`. The schedule then spans these steps. */
  steps: count('--steps').optional(),
  batch: count('--batch').max(4096).default(64),
  lr: z.coerce.number().positive('--lr must be above 0').optional(),
  optimizer: z.enum(['sgd', 'adam', 'adamw']).default('sgd'),
  momentum: z.coerce.number().min(0).lt(1).default(0.9),
  weightDecay: z.coerce.number().min(0).default(5e-4),
  schedule: z.enum(['cosine', 'constant', 'step']).default('cosine'),
  seed: z.coerce.number().int().nonnegative().default(1),
  model: z.enum(MODEL_NAMES).default('convnet'),
  backend: z.enum(BACKEND_NAMES).optional(),
  threads: count('--threads').max(256).optional(),
  /** A folder with the official binary batches, or `synthetic`. Default: CIFAR-10 from the user's cache. */
  data: z.string().min(1).optional(),
  /** Steps between captures: `auto` from the measured cost, 0 for none. */
  captureEvery: z.union([z.literal('auto'), z.coerce.number().int().nonnegative()]).default('auto'),
  /** Steps that are captured as well, such as `10,50,100-200:10`. */
  captureAt: z
    .string()
    .default('')
    .superRefine((text, context) => {
      const parsed = parseCaptureSteps(text);
      if ('error' in parsed) context.addIssue({ code: 'custom', message: parsed.error });
    }),
  /** By how much captures may slow training down, in percent. `captureEvery: auto` keeps to it. */
  captureBudget: z.coerce
    .number()
    .min(CAPTURE_BUDGET.least)
    .max(CAPTURE_BUDGET.most)
    .default(CAPTURE_BUDGET.usual),
  captureGradients: z.boolean().default(false),
  name: z.string().min(1).max(200).optional(),
  /** Directory for the final weights; without it they are not saved. */
  outputDirectory: z.string().min(1).optional(),
});

export type TrainOptions = z.infer<typeof trainOptions>;

/**
 * The learning rate: --lr, or a default that works well with the optimiser on the default model. Synthetic pictures are so alike
 * that nets soon know them by heart; with the rate for CIFAR-10 SGD then diverges, with most seeds.
 */
export function learningRate(
  { lr, optimizer }: Pick<TrainOptions, 'lr' | 'optimizer'>,
  { synthetic }: Pick<TrainingData, 'synthetic'>,
): number {
  if (lr !== undefined) return lr;
  if (optimizer !== 'sgd') return 0.001;
  return synthetic ? 0.005 : 0.05;
}
