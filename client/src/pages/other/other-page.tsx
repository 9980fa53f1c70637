import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { type ReactNode, useMemo } from 'react';
import { TagProblems } from '../../blobs/tag-page.js';
import { problemsOfRuns, type TaggedRun, useRunTags } from '../../blobs/use-run-tags.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { FilterHint } from '../../runs/filter-hint.js';
import { useRuns } from '../../runs/runs-context.js';
import { filterTags } from '../../runs/tag-filter.js';
import { Button } from '../../ui/button.js';
import { plural } from '../../ui/format.js';
import { NothingLogged } from '../../ui/nothing-logged.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { ReadingNote } from '../../ui/reading-note.js';
import { SearchField } from '../../ui/search-field.js';
import { StepSlider } from '../../ui/step-slider.js';
import { useStoreValue } from '../../ui/store.js';
import { AudioCard } from './audio-card.js';
import { besideRows } from './beside-rows.js';
import { BesideTable } from './beside-table.js';
import { GraphCard } from './graph-card.js';
import { useOther, useOtherView } from './other-state.js';
import { PluginTable } from './plugin-table.js';
import { PrChart } from './pr-chart.js';
import { byTag, type Section, sectionOf } from './sections.js';
import { useFilesBeside } from './use-files-beside.js';
import '../../ui/card-page.css';
import './other.css';

const LINES = `writer.add_audio("speech", sound, step, sample_rate=16000)
writer.add_pr_curve("test", labels, scores, step)
writer.add_graph(model, images)`;

export function OtherPage() {
  return (
    <BesideRuns>
      <main className="card-page">
        <Bar />
        <PartBoundary name="This page" of="">
          <Sections />
        </PartBoundary>
      </main>
    </BesideRuns>
  );
}

function Bar() {
  const state = useOther();
  const view = useOtherView();
  const steps = useStoreValue(state.cards.steps);
  const { problem } = filterTags([], view.tags);
  return (
    <div className="card-page-bar" role="toolbar" aria-label="Other">
      <SearchField label="Filter tags" value={view.tags} onChange={(tags) => state.show({ tags })} />
      <StepSlider
        label="Step of sounds and curves"
        steps={steps}
        step={view.step}
        onChange={(step) => state.show({ step })}
      />
      {view.step !== undefined && <Button onClick={() => state.show({ step: undefined })}>Newest</Button>}
      {problem !== undefined && (
        <p className="small is-warn card-page-problem" role="status">
          {problem}
        </p>
      )}
    </div>
  );
}

const isOther = (tag: TagSummary): boolean => sectionOf(tag) !== undefined;

function Sections() {
  const { drawn, runsOf, problems, isKnown } = useRunTags('other', isOther);
  const { tags: filter } = useOtherView();
  const shown = useMemo(() => filterTags([...runsOf.keys()].sort(), filter).tags, [runsOf, filter]);
  const of = (section: Section): TaggedRun[] =>
    shown.flatMap((tag) => (runsOf.get(tag) ?? []).filter((one) => sectionOf(one.tag) === section));
  const notShown = drawn.flatMap(({ run, notShown = [] }) => notShown.map((sentence) => ({ run, sentence })));
  const { filesBeside } = useRuns().source;
  const files = useFilesBeside(drawn);
  const beside = drawn.flatMap((run) => {
    const answer = files.answers.get(run.run);
    return answer === undefined ? [] : besideRows(answer).map((of) => ({ run, of }));
  });
  const besideProblems = problemsOfRuns([
    ...files.problems,
    ...[...files.answers.values()].flatMap(({ run, problems: own = [] }) =>
      own.map((one) => [run, one] as const),
    ),
  ]);
  if (drawn.length === 0)
    return (
      <p className="card-page-note muted">
        No run is chosen. Choose some in the list of runs. <FilterHint />
      </p>
    );
  const hasBeside = drawn.some(({ beside: sentences = [] }) => sentences.length > 0);
  if (runsOf.size === 0 && notShown.length === 0 && !hasBeside)
    return isKnown ? (
      <NothingLogged what="sounds, curves, graphs or records of other plugins" line={LINES}>
        <FilterHint />
      </NothingLogged>
    ) : problems.length === 0 ? (
      <ReadingNote />
    ) : (
      <TagProblems problems={problems} />
    );
  const [sounds, graphs, listed] = [of('audio'), of('graphs'), of('listed')];
  const curves = byTag(of('curves'));
  const names = filterTags([...new Set(beside.map(({ of }) => of.name))], filter).tags;
  const besideShown = beside.filter(({ of }) => names.includes(of.name));
  const all = runsOf.size + beside.length;
  if (shown.length === 0 && besideShown.length === 0 && all > 0)
    return <p className="card-page-note muted">None of {plural(all, 'entry', 'entries')} fits the filter.</p>;
  return (
    <>
      <TagProblems problems={problems} />
      <Part name="Audio" count={sounds.length}>
        <div className="other-cards">
          {sounds.map((one) => (
            <AudioCard key={`${one.run.run}\n${one.tag.tag}`} of={one} />
          ))}
        </div>
      </Part>
      <Part name="Precision and recall" count={curves.size}>
        <div className="other-cards">
          {[...curves].map(([tag, runs]) => (
            <PrChart key={tag} tag={tag} runs={runs} />
          ))}
        </div>
      </Part>
      <Part name="Graphs" count={graphs.length}>
        <div className="other-cards">
          {graphs.map((one) => (
            <GraphCard key={`${one.run.run}\n${one.tag.tag}`} of={one} />
          ))}
        </div>
      </Part>
      <Part name="Other plugins" count={listed.length}>
        <PluginTable listed={listed} />
      </Part>
      {filesBeside !== undefined && (
        <Part name="Files beside the logs" count={besideShown.length}>
          <BesideTable rows={besideShown} address={filesBeside.address} />
        </Part>
      )}
      <TagProblems problems={besideProblems} />
      <Part name="Not shown" count={notShown.length}>
        <ul className="other-not-shown small">
          {notShown.map(({ run, sentence }) => (
            <li key={`${run}\n${sentence}`}>
              <b className="medium">{run}</b>: {sentence}
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}

function Part({
  name,
  count,
  children,
}: {
  readonly name: string;
  readonly count: number;
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <section className="card-group" aria-label={name}>
      <h2 className="other-heading medium">
        {name} <span className="micro">{count}</span>
      </h2>
      {children}
    </section>
  );
}
