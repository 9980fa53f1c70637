/** The cards of all scalars, in groups, beside the list of runs. */
import type { ScalarsLayout } from '@convscope/shared/event-log/scalars-layout.js';
import { useContext, useEffect, useMemo } from 'react';
import { BesideRuns } from '../../runs/beside-runs.js';
import { FilterHint } from '../../runs/filter-hint.js';
import { useRuns } from '../../runs/runs-context.js';
import { groupName } from '../../runs/tag-filter.js';
import { useDrawnRuns } from '../../runs/use-drawn-runs.js';
import { setComplete } from '../../ui/diagnostics.js';
import { formatStep } from '../../ui/format.js';
import { GroupHead } from '../../ui/group-head.js';
import { Icon } from '../../ui/icons.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { ReadingNote } from '../../ui/reading-note.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useMedia } from '../../ui/use-size.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { CardGrid } from './card-grid.js';
import { type CardName, cardsOf } from './cards.js';
import { ControlRow } from './control-row.js';
import { GroupLegend } from './group-controls.js';
import { categoriesOf } from './layout-cards.js';
import type { LayoutRun } from './layout-reader.js';
import { CardsContext, DrawnRunsContext, useScalars } from './scalars-context.js';
import { useSameRuns } from './use-same-runs.js';
import { ValuesPanel } from './values-panel.js';
import './scalars.css';

/** Beside the table there is room for two columns of cards. */
const TABLE_FROM = '(min-width: 1400px)';
const NO_TAGS: readonly string[] = [];
const NO_LAYOUTS: readonly LayoutRun[] = [];
const NO_CATEGORIES: ScalarsLayout = [];

export function ScalarsPage() {
  const state = useScalars();
  const drawn = useSameRuns(useDrawnRuns());
  useEffect(() => {
    setComplete(false);
    return state.listing.follow();
  }, [state]);
  const hasRoom = useMedia(TABLE_FROM);
  const tags = useStoreValue(state.listing.tags);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other scalars may have come of the same runs
  useEffect(() => state.setDrawn(drawn), [state, drawn, tags]);
  return (
    <BesideRuns wide={hasRoom}>
      <main className="scalars">
        <h2 className="sr">Scalars</h2>
        <DrawnRunsContext value={drawn}>
          <Cards />
        </DrawnRunsContext>
      </main>
    </BesideRuns>
  );
}

function Cards() {
  const state = useScalars();
  const tags = useStoreValue(state.listing.tags);
  const { filter, full, at, pinned: linked, together: linkedTogether } = useStoreValue(state.view);
  const listedId = useStoreValue(state.listed);
  const layout = useStoreValue(state.layout);
  const { pinned: kept, together: keptTogether, closed, flipped } = useStoreValue(state.preferences);
  const pinned = linked ?? kept;
  const together = linkedTogether ?? keptTogether;
  const listingProblem = useStoreValue(state.listing.problem);
  const problem = useStoreValue(state.problem) ?? listingProblem;
  const drawn = useContext(DrawnRunsContext);
  const areAllRead = useStore(
    useRuns().list,
    (list) => list?.runs.every(({ run }) => tags?.whole.has(run)) === true,
  );
  const logged = tags?.all ?? NO_TAGS;
  const all = useMemo(() => {
    const ofDrawn = new Set(drawn.flatMap(({ run }) => [...(tags?.byRun.get(run) ?? [])]));
    return logged.filter((tag) => ofDrawn.has(tag));
  }, [logged, tags, drawn]);
  const hasLayouts = tags !== undefined && tags.layouts.length > 0;
  useWaiting(hasLayouts && layout === undefined);
  useEffect(() => void state.followLayouts(tags?.layouts ?? NO_LAYOUTS), [state, tags]);
  const categories = useMemo(() => categoriesOf(layout?.categories ?? NO_CATEGORIES, all), [layout, all]);
  const cards = useMemo(
    () => cardsOf(all, { filter, pinned, together, categories }),
    [all, filter, pinned, together, categories],
  );
  const everyCard = [cards, ...cards.categories, ...cards.groups].flatMap((some) =>
    'pinned' in some ? some.pinned : some.cards,
  );
  // A link names the place, and not the card.
  const listed = everyCard.find(({ id }) => id === (full ?? listedId)) ?? everyCard[0];
  const toggled = (names: readonly string[], name: string) =>
    names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
  return (
    <>
      <ControlRow problem={cards.problem} />
      <GroupLegend />
      {problem !== undefined && (
        <p className="notice is-warn" role="status">
          Curves cannot be loaded: {problem} The page tries again.
        </p>
      )}
      {layout?.problems.map((one) => (
        <p key={one} className="notice is-warn" role="status">
          {one}
        </p>
      ))}
      <CardsContext value={everyCard}>
        <div className="card-groups">
          {cards.pinned.length > 0 && (
            <section aria-label="Pinned">
              <div className="scalars-head">
                <Icon name="pin" />
                <h2 className="heading">Pinned</h2>
                <span className="micro">{formatStep(cards.pinned.length)}</span>
                <span className="grow" />
                <span className="micro only-wide">
                  {linked === undefined || isSameOrder(linked, kept)
                    ? 'kept in this browser'
                    : 'from the link'}
                </span>
              </div>
              <CardGrid cards={cards.pinned} isPinned full={full} />
            </section>
          )}
          {cards.categories.map(({ title, cards: some, isClosed }) => (
            <Group
              key={`category ${title}`}
              name={title}
              cards={some}
              isClosed={isClosed !== flipped.includes(title)}
              onToggle={() => state.prefer({ flipped: toggled(flipped, title) })}
            />
          ))}
          {cards.groups.map(({ prefix, cards: some }) => (
            <Group
              key={`prefix ${prefix}`}
              name={groupName(prefix)}
              cards={some}
              isClosed={closed.includes(prefix)}
              onToggle={() => state.prefer({ closed: toggled(closed, prefix) })}
            />
          ))}
          {logged.length === 0 && problem === undefined && (areAllRead ? <NoScalars /> : <ReadingNote />)}
          {logged.length > 0 && all.length === 0 && (
            <NoneDrawn count={drawn.length} isKnown={drawn.every(({ run }) => tags?.whole.has(run))} />
          )}
          {all.length > 0 &&
            [cards.groups, cards.pinned, cards.categories].every(({ length }) => length === 0) && (
              <p className="scalars-note muted">None of {formatStep(all.length)} tags matches.</p>
            )}
        </div>
      </CardsContext>
      {listed !== undefined && at !== undefined && <ValuesPanel card={listed} at={at} />}
    </>
  );
}

function isSameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

interface GroupProps {
  readonly name: string;
  readonly cards: readonly CardName[];
  readonly isClosed: boolean;
  readonly onToggle: () => void;
}

function Group({ name, cards, isClosed, onToggle }: GroupProps) {
  const { full } = useStoreValue(useScalars().view);
  return (
    <section aria-label={name}>
      <GroupHead name={name} count={cards.length} isOpen={!isClosed} onToggle={onToggle} />
      {!isClosed && (
        <PartBoundary name={`The group ${name}`} of={name}>
          <CardGrid cards={cards} isPinned={false} full={full} />
        </PartBoundary>
      )}
    </section>
  );
}

function NoneDrawn({ count, isKnown }: { count: number; isKnown: boolean }) {
  if (count > 0 && !isKnown) return <ReadingNote />;
  return (
    <div className="scalars-note">
      <p className="medium">
        {count === 0 ? 'No run is drawn' : 'None of the drawn runs has logged a scalar'}
      </p>
      <p className="small muted">
        Choose runs in their list: the square before a name draws its curves. <FilterHint />
      </p>
    </div>
  );
}

function NoScalars() {
  return (
    <div className="scalars-note">
      <p className="medium">None of these runs has logged a scalar</p>
      <p className="small muted">
        This line of PyTorch logs one, and its curve appears here:{' '}
        <code className="mono">writer.add_scalar("train/loss", loss, step)</code>
      </p>
    </div>
  );
}
