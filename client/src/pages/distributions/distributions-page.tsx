/** Histograms of the runs: cards of each tag and run, or a table of all layers. */
import { useMemo, useState } from 'react';
import { TagProblems } from '../../blobs/tag-page.js';
import { useBlobTags, useHasAllTags, useHeldRuns } from '../../blobs/use-blobs.js';
import { useRunProblems } from '../../blobs/use-run-tags.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { filterTags, groupByPrefix, groupName, prefixOf } from '../../runs/tag-filter.js';
import { type DrawnRun, useDrawnRuns } from '../../runs/use-drawn-runs.js';
import { Dialog } from '../../ui/dialog.js';
import { GroupHead } from '../../ui/group-head.js';
import { ReadingNote } from '../../ui/reading-note.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../../ui/use-waiting.js';
import { Controls } from './controls.js';
import { useDistributions } from './distributions-state.js';
import { Layers, type RunTags } from './layers.js';
import { NothingHere } from './nothing-here.js';
import { LargePlot, PlotCard } from './plot-card.js';
import '../../ui/dashboard.css';
import './distributions.css';

const PAGE = 'distributions';

/** The runs with those of their tags that are histograms; undefined while no run's tags are known. */
function useHistogramTags(runs: readonly DrawnRun[]): readonly RunTags[] | undefined {
  const names = useMemo(() => runs.map(({ run }) => run), [runs]);
  useHeldRuns(PAGE, names);
  const tags = useBlobTags(names);
  return useMemo(() => {
    if (runs.length > 0 && tags.every((one) => one === undefined)) return undefined;
    return runs.map((run, at) => ({
      run,
      tags: (tags[at] ?? []).filter(({ kind }) => kind === 'histogram').map(({ tag }) => tag),
    }));
  }, [runs, tags]);
}

export function DistributionsPage() {
  const runs = useDrawnRuns();
  const tags = useHistogramTags(runs);
  return (
    <BesideRuns>
      <main className="dashboard">
        <Plots runs={runs} tagsOfRuns={tags} />
      </main>
    </BesideRuns>
  );
}

function Plots({
  runs,
  tagsOfRuns,
}: {
  readonly runs: readonly DrawnRun[];
  readonly tagsOfRuns: readonly RunTags[] | undefined;
}) {
  const { address } = useDistributions();
  const problems = useRunProblems(runs);
  const names = useMemo(() => runs.map(({ run }) => run), [runs]);
  const hasAllTags = useHasAllTags(names);
  useCompleteWhenNothingWaits();
  useWaiting(!hasAllTags);
  const { plot, tags: pattern } = useStoreValue(address.state);
  const all = useMemo(() => [...new Set((tagsOfRuns ?? []).flatMap(({ tags }) => tags))], [tagsOfRuns]);
  const { tags, problem } = useMemo(() => filterTags(all, pattern), [all, pattern]);
  const filtered = useMemo(() => {
    const wanted = new Set(tags);
    return (tagsOfRuns ?? [])
      .map(({ run, tags: own }) => ({ run, tags: own.filter((tag) => wanted.has(tag)) }))
      .filter((one) => one.tags.length > 0);
  }, [tagsOfRuns, tags]);
  if (tagsOfRuns === undefined)
    return problems.length === 0 ? <ReadingNote /> : <TagProblems problems={problems} />;
  if (all.length === 0 && hasAllTags) return <NothingHere hasRuns={runs.length > 0} />;
  if (all.length === 0) return problems.length === 0 ? <ReadingNote /> : <TagProblems problems={problems} />;
  return (
    <>
      <Controls problem={problem} />
      <TagProblems problems={problems} />
      <div className="dashboard-scroll">
        {tags.length === 0 ? (
          <p className="no-maps muted">None of the {all.length} tags with histograms matches the filter.</p>
        ) : plot === 'layers' ? (
          <Layers runs={filtered} />
        ) : (
          <Cards tags={tags} runs={filtered} />
        )}
      </div>
    </>
  );
}

function Cards({ tags, runs }: { readonly tags: readonly string[]; readonly runs: readonly RunTags[] }) {
  const { preferences, toggle } = useDistributions();
  const { closed, size } = useStoreValue(preferences);
  const [large, setLarge] = useState<{ readonly run: DrawnRun; readonly tag: string }>();
  const groups = useMemo(() => groupByPrefix(tags, (tag) => tag), [tags]);
  return (
    <>
      {groups.map(({ prefix, items: members }) => {
        const isOpen = !closed.includes(prefix);
        const cards = members.flatMap((tag) =>
          runs.filter((one) => one.tags.includes(tag)).map(({ run }) => ({ run, tag })),
        );
        return (
          <section key={prefix} aria-label={groupName(prefix)}>
            <GroupHead
              name={groupName(prefix)}
              count={members.length}
              isOpen={isOpen}
              onToggle={() => toggle(prefix)}
            />
            {isOpen && (
              <div className={`plot-cards is-${size}`}>
                {cards.map(({ run, tag }) => (
                  <PlotCard
                    key={`${run.run}\n${tag}`}
                    run={run}
                    tag={tag}
                    name={prefixOf(tag) === '' ? tag : tag.slice(prefix.length + 1)}
                    onExpand={() => setLarge({ run, tag })}
                  />
                ))}
              </div>
            )}
          </section>
        );
      })}
      <Dialog
        open={large !== undefined}
        title={large === undefined ? '' : `${large.tag} · ${large.run.run}`}
        onClose={() => setLarge(undefined)}
      >
        {large !== undefined && <LargePlot run={large.run} tag={large.tag} />}
      </Dialog>
    </>
  );
}
