import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { TagGroups, TagProblems } from '../../blobs/tag-page.js';
import { type RunTags, type TaggedRun, useRunTags } from '../../blobs/use-run-tags.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStoreValue } from '../../ui/store.js';
import { ImageCard, useCardWidth } from './image-card.js';
import { useImages, useImagesView } from './images-context.js';
import { ImagesToolbar } from './images-toolbar.js';
import './images.css';

export function ImagesPage() {
  return (
    <BesideRuns>
      <main className="card-page">
        <ImagesToolbar />
        <PartBoundary name="The images" of="">
          <Images />
        </PartBoundary>
      </main>
    </BesideRuns>
  );
}

const isImage = ({ kind }: TagSummary): boolean => kind === 'image';

function Images() {
  const state = useImages();
  const of = useRunTags('images', isImage);
  const preferences = useStoreValue(state.preferences);
  const { tags: filter } = useImagesView();
  return (
    <>
      <TagProblems problems={of.problems} />
      <TagGroups
        of={of}
        filter={filter}
        collapsed={preferences.collapsed}
        onCollapse={(collapsed) => state.preferences.set({ ...preferences, collapsed })}
        what="pictures"
        line={'writer.add_image("input", image, step)  # [C, H, W]'}
      >
        {(tags) =>
          blocksOf(tags, of.runsOf).map(({ heading, cards }) => (
            <div key={cards[0]?.tag.tag} className="image-block">
              {heading !== undefined && (
                <h3 className="small ellipsis" title={heading}>
                  {heading}
                </h3>
              )}
              <Cards cards={cards} saysTag={heading === undefined} />
            </div>
          ))
        }
      </TagGroups>
    </>
  );
}

interface Block {
  /** The tag of all its cards; undefined if each is of another tag. */
  readonly heading: string | undefined;
  readonly cards: readonly TaggedRun[];
}

/** Runs of one tag stand side by side under its name. Tags that one run has stand side by side as well. */
function blocksOf(tags: readonly string[], runsOf: RunTags['runsOf']): Block[] {
  const blocks: { heading: string | undefined; cards: TaggedRun[] }[] = [];
  for (const tag of tags) {
    const cards = runsOf.get(tag) ?? [];
    const last = blocks.at(-1);
    if (cards.length > 1) blocks.push({ heading: tag, cards: [...cards] });
    else if (last !== undefined && last.heading === undefined) last.cards.push(...cards);
    else blocks.push({ heading: undefined, cards: [...cards] });
  }
  return blocks;
}

function Cards({ cards, saysTag }: { readonly cards: readonly TaggedRun[]; readonly saysTag: boolean }) {
  const width = useCardWidth();
  return (
    <div
      className="image-cards"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${width}px), 1fr))` }}
    >
      {cards.map(({ run, tag }) => (
        <ImageCard key={`${run.run}\n${tag.tag}`} run={run} tag={tag.tag} saysTag={saysTag} />
      ))}
    </div>
  );
}
