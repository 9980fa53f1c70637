import type { Target } from './target.js';

/** The decoding urgency of a tag, smaller is sooner: the frame first, then thumbnails and the rest. */
export function urgencyOf(tag: string, target: Pick<Target, 'layer' | 'following'> | undefined): number {
  const layer = target?.layer;
  if (tag === layer?.output.tag && target?.following) return 0;
  if (tag === layer?.weight?.tag || tag === layer?.bias?.tag) return 0;
  if (tag === layer?.output.tag || tag === layer?.input?.tag) return 1;
  return 2;
}
