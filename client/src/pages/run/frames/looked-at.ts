import type { Target } from './target.js';

/**
 * Of the watched tags, those whose newest maps are on the screen, the output first: the trainer sends these before the
 * rest of a capture.
 */
export function lookedAtTags({ layer, following }: Target): string[] {
  if (!following || layer === undefined) return [];
  return [layer.output, layer.input].flatMap((ref) => (ref?.kind === 'channels' ? [ref.tag] : []));
}
