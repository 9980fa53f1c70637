/** @throws if a score or probability of the net is not finite: nothing can be said of what it depends on */
export function requireFinite(scores: Float32Array): void {
  if (!scores.every(Number.isFinite))
    throw new Error('the scores of the net are not finite, as after training has diverged.');
}
