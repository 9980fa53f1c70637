import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { TagGroups, TagProblems } from '../../blobs/tag-page.js';
import { useRunTags } from '../../blobs/use-run-tags.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { filterTags } from '../../runs/tag-filter.js';
import { Button } from '../../ui/button.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { SearchField } from '../../ui/search-field.js';
import { Segments } from '../../ui/segments.js';
import { StepSlider } from '../../ui/step-slider.js';
import { useStoreValue } from '../../ui/store.js';
import { TextCard } from './text-card.js';
import { useText, useTextView } from './text-state.js';
import './text.css';

export function TextPage() {
  return (
    <BesideRuns>
      <main className="card-page">
        <Bar />
        <PartBoundary name="The texts" of="">
          <Groups />
        </PartBoundary>
      </main>
    </BesideRuns>
  );
}

function Bar() {
  const state = useText();
  const view = useTextView();
  const steps = useStoreValue(state.cards.steps);
  const { problem } = filterTags([], view.tags);
  return (
    <div className="card-page-bar" role="toolbar" aria-label="Text">
      <SearchField label="Filter tags" value={view.tags} onChange={(tags) => state.show({ tags })} />
      <SearchField label="Search texts" value={view.search} onChange={(search) => state.show({ search })} />
      <Segments
        label="Form"
        value={view.mode}
        options={[
          ['markdown', 'Markdown'],
          ['raw', 'Raw'],
          ['diff', 'Diff'],
        ]}
        onChange={(mode) => state.show({ mode })}
      />
      <StepSlider
        label="Step of all texts"
        steps={steps}
        step={view.step}
        onChange={(step) => state.show({ step })}
      />
      {view.step !== undefined && <Button onClick={() => state.show({ step: undefined })}>Newest</Button>}
      {view.mode === 'diff' && (
        <>
          <span className="small muted">compared with</span>
          {view.from === undefined ? (
            <Button disabled={steps.length === 0} onClick={() => state.show({ from: steps[0] })}>
              the one before
            </Button>
          ) : (
            <>
              <StepSlider
                label="Step that is compared with"
                steps={steps}
                step={view.from}
                onChange={(from) => state.show({ from: from ?? steps.at(-1) })}
              />
              <Button onClick={() => state.show({ from: undefined })}>The one before</Button>
            </>
          )}
        </>
      )}
      {problem !== undefined && (
        <p className="small is-warn card-page-problem" role="status">
          {problem}
        </p>
      )}
    </div>
  );
}

const isText = ({ kind }: TagSummary): boolean => kind === 'text';

function Groups() {
  const state = useText();
  const of = useRunTags('text', isText);
  const collapsed = useStoreValue(state.collapsed);
  const { tags: filter } = useTextView();
  return (
    <>
      <TagProblems problems={of.problems} />
      <TagGroups
        of={of}
        filter={filter}
        collapsed={collapsed}
        onCollapse={state.collapsed.set}
        what="texts"
        line={'writer.add_text("notes", "The **first** try", step)'}
      >
        {(tags) =>
          tags.map((tag) => {
            const cards = of.runsOf.get(tag) ?? [];
            return (
              <div key={tag}>
                {cards.length > 1 && <p className="small ellipsis text-tag">{tag}</p>}
                <div className="text-cards">
                  {cards.map(({ run }) => (
                    <TextCard key={run.run} run={run} tag={tag} saysTag={cards.length === 1} />
                  ))}
                </div>
              </div>
            );
          })
        }
      </TagGroups>
    </>
  );
}
