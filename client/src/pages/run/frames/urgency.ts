import type { Target } from './target.js';

/** How soon events of a tag are decoded, smaller is sooner: first what is shown on its own, then what completes the frame. */
export function urgencyOf(tag: string, target: Pick<Target, 'layer' | 'following'> | undefined): number {
  const layer = target?.layer;
  if (tag === layer?.output.tag && target?.following) return 0;
  if (tag === layer?.weight?.tag || tag === layer?.bias?.tag) return 0;
  if (tag === layer?.output.tag || tag === layer?.input?.tag) return 1;
  return 2;
}
