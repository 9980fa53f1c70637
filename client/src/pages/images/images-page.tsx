import { useMemo } from 'react';
import { useBlobTags, useHeldRuns } from '../../blobs/use-blobs.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { type DrawnRun, useDrawnRuns } from '../../runs/use-drawn-runs.js';
import { plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { NothingLogged } from '../../ui/nothing-logged.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../../ui/use-waiting.js';
import { ImageCard, useCardWidth } from './image-card.js';
import { useImages, useImagesView } from './images-context.js';
import { ImagesToolbar } from './images-toolbar.js';
import { filterTags, groupTags, type TagGroup } from './tag-filter.js';
import './images.css';

export function ImagesPage() {
  return (
    <BesideRuns>
      <main className="main images-page">
        <PartBoundary name="The images" of="">
          <Images />
        </PartBoundary>
      </main>
    </BesideRuns>
  );
}

function Images() {
  const drawn = useDrawnRuns();
  const names = useMemo(() => drawn.map(({ run }) => run), [drawn]);
  useHeldRuns('images', names);
  const tagsOf = useBlobTags(names);
  const { tags: filter } = useImagesView();
  const runsOf = useMemo(() => {
    const found = new Map<string, DrawnRun[]>();
    for (const [at, tags] of tagsOf.entries()) {
      const run = drawn[at];
      for (const { tag, kind } of tags ?? [])
        if (kind === 'image' && run !== undefined) found.set(tag, [...(found.get(tag) ?? []), run]);
    }
    return found;
  }, [tagsOf, drawn]);
  const { shown, problem } = useMemo(() => filterTags([...runsOf.keys()], filter), [runsOf, filter]);
  const groups = useMemo(() => groupTags(shown), [shown]);
  const isKnown = tagsOf.every((tags) => tags !== undefined);
  useCompleteWhenNothingWaits();
  useWaiting(!isKnown);
  return (
    <>
      <ImagesToolbar problem={problem} />
      {drawn.length === 0 ? (
        <p className="image-note muted">No run is chosen. Choose some in the list of runs.</p>
      ) : runsOf.size === 0 ? (
        isKnown && (
          <NothingLogged what="pictures" line={'writer.add_image("input", image, step)  # [C, H, W]'} />
        )
      ) : shown.length === 0 ? (
        <p className="image-note muted">
          None of {plural(runsOf.size, 'tag')} with pictures fits the filter.
        </p>
      ) : (
        groups.map((group) => <Group key={group.name} group={group} runsOf={runsOf} />)
      )}
    </>
  );
}

interface GroupProps {
  readonly group: TagGroup;
  readonly runsOf: ReadonlyMap<string, readonly DrawnRun[]>;
}

function Group({ group, runsOf }: GroupProps) {
  const state = useImages();
  const preferences = useStoreValue(state.preferences);
  const { name, tags } = group;
  const isOpen = !preferences.collapsed.includes(name);
  const toggle = () => {
    const others = preferences.collapsed.filter((one) => one !== name);
    state.preferences.set({ ...preferences, collapsed: isOpen ? [...others, name] : others });
  };
  return (
    <section className="image-group" aria-label={name === '' ? 'Tags without a group' : name}>
      <h2>
        <button type="button" className="image-group-head" aria-expanded={isOpen} onClick={toggle}>
          <Icon name={isOpen ? 'chevron' : 'right'} />
          <span className="medium ellipsis">{name === '' ? 'Ungrouped' : name}</span>
          <span className="micro">{plural(tags.length, 'tag')}</span>
        </button>
      </h2>
      {isOpen &&
        blocksOf(tags, runsOf).map(({ heading, cards }) => (
          <div key={cards[0]?.tag} className="image-block">
            {heading !== undefined && (
              <h3 className="small ellipsis" title={heading}>
                {heading}
              </h3>
            )}
            <Cards cards={cards} saysTag={heading === undefined} />
          </div>
        ))}
    </section>
  );
}

interface Card {
  readonly run: DrawnRun;
  readonly tag: string;
}

interface Block {
  /** The tag of all its cards; undefined if each is of another tag. */
  readonly heading: string | undefined;
  readonly cards: readonly Card[];
}

/** Runs of one tag stand side by side under its name. Tags that one run has stand side by side as well. */
function blocksOf(tags: readonly string[], runsOf: ReadonlyMap<string, readonly DrawnRun[]>): Block[] {
  const blocks: { heading: string | undefined; cards: Card[] }[] = [];
  for (const tag of tags) {
    const cards = (runsOf.get(tag) ?? []).map((run) => ({ run, tag }));
    const last = blocks.at(-1);
    if (cards.length > 1) blocks.push({ heading: tag, cards });
    else if (last !== undefined && last.heading === undefined) last.cards.push(...cards);
    else blocks.push({ heading: undefined, cards });
  }
  return blocks;
}

function Cards({ cards, saysTag }: { readonly cards: readonly Card[]; readonly saysTag: boolean }) {
  const width = useCardWidth();
  return (
    <div
      className="image-cards"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${width}px), 1fr))` }}
    >
      {cards.map(({ run, tag }) => (
        <ImageCard key={`${run.run}\n${tag}`} run={run} tag={tag} saysTag={saysTag} />
      ))}
    </div>
  );
}
