export type ScheduleName = 'cosine' | 'constant' | 'step';

/** Fractions of the run after which `step` divides the rate by ten. */
const STEP_MILESTONES = [0.5, 0.75];

/**
 * The learning rate of update `step` (from 0) of `totalSteps`. Cosine: ½·base·(1 + cos(π·step/total)), as
 * torch.optim.lr_scheduler.CosineAnnealingLR with eta_min 0, stepped at each update.
 */
export function scheduledRate(
  schedule: ScheduleName,
  base: number,
  step: number,
  totalSteps: number,
): number {
  const fraction = step / totalSteps;
  switch (schedule) {
    case 'constant':
      return base;
    case 'cosine':
      return 0.5 * base * (1 + Math.cos(Math.PI * fraction));
    case 'step':
      return base * 0.1 ** STEP_MILESTONES.filter((milestone) => fraction >= milestone).length;
  }
}
