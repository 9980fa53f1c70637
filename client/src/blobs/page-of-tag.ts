import type { TagSummary } from '@convscope/shared/protocol/live.js';

/** A page of tags that are no scalars, by its id. */
export type TagPage = 'images' | 'distributions' | 'text' | 'other';

const BY_KIND: Readonly<Record<string, TagPage>> = {
  image: 'images',
  histogram: 'distributions',
  text: 'text',
  other: 'other',
};

/** The page that shows a tag. Undefined for those of the run page, and for what belongs to the run as a whole. */
export function pageOfTag({ kind, plugin = '' }: Pick<TagSummary, 'kind' | 'plugin'>): TagPage | undefined {
  // A tensor that names another plugin is that plugin's record, and no map.
  if (kind === 'tensor') return plugin === '' || plugin === 'tensor' ? undefined : 'other';
  return Object.hasOwn(BY_KIND, kind) ? BY_KIND[kind] : undefined;
}
