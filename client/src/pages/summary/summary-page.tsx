/** All that is known of a run, in one place: what it was started with, where it ran, how it went and what it wrote. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { RUN_END_TAG, RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { ReactNode } from 'react';
import { refOf } from '../../blobs/blobs.js';
import { useBlob, useBlobRows, useBlobTags, useHeldRuns } from '../../blobs/use-blobs.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { ExportButton } from '../../runs/export-button.js';
import { RunsColumn } from '../../runs/runs-column.js';
import { useIsHubLost, useRuns } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { formatBytes, formatConfig, formatDuration, formatStep } from '../../ui/format.js';
import type { PageAddress } from '../../ui/page-address.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../../ui/use-waiting.js';
import { CurvesSection } from './curves-section.js';
import { isConsoleTag } from './system-tags.js';
import './summary.css';

export interface SummaryView {
  /** Undefined for the run that began last. */
  readonly run: string | undefined;
}

export function SummaryPage({ address }: { readonly address: PageAddress<SummaryView> }) {
  const { list, rail } = useRuns();
  const { run: asked } = useStoreValue(address.state);
  const runs = useStore(list, (one) => one?.runs);
  useCompleteWhenNothingWaits();
  useWaiting(runs === undefined);
  const newest = runs?.reduce<RunSummary | undefined>(
    (best, one) => (best === undefined || one.firstWallTime > best.firstWallTime ? one : best),
    undefined,
  );
  const summary = asked === undefined ? newest : runs?.find(({ run }) => run === asked);
  return (
    <BesideRuns
      column={(edge) => (
        <RunsColumn
          edge={edge}
          selected={summary?.run}
          onSelect={(run) => {
            address.show({ run }, 'push');
            rail.chosen();
          }}
        />
      )}
    >
      <main className="main summary-page">
        {summary === undefined ? (
          runs !== undefined && (
            <p className="summary-note muted">There is no run {asked} in this log directory.</p>
          )
        ) : (
          <Summary key={summary.run} summary={summary} />
        )}
      </main>
    </BesideRuns>
  );
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const NOW_MS = 5_000;

function Summary({ summary }: { readonly summary: RunSummary }) {
  const { run, state, firstWallTime, lastWallTime, lastStep, bytes, config, totalSteps } = summary;
  const runs = useRuns();
  const isHubLost = useIsHubLost();
  const { word, tone } = stateWord(summary, isHubLost);
  const now = useNow(NOW_MS);
  useHeldRuns('summary', [run]);
  const [tags] = useBlobTags([run]);
  useWaiting(tags === undefined);
  const scalars = useStore(runs.data, (data) => data.get(run))?.scalarTags ?? [];
  const gaps = useStore(runs.data, (data) => data.get(run)?.gaps) ?? [];
  const start = useNewest(run, RUN_START_TAG, 'run-start');
  const end = useNewest(run, RUN_END_TAG, 'run-end');
  const started = start?.kind === 'run-start' ? start.start : undefined;
  const ended = end?.kind === 'run-end' ? end.end : undefined;
  const texts = (tags ?? []).filter(({ kind, tag }) => kind === 'text' && isConsoleTag(tag));
  const stated = started?.config ?? config ?? {};
  const { git, gitCommit, commit, commandLine, ...environment } = started?.environment ?? {};
  const revision = git ?? gitCommit ?? commit;
  const model = started?.model;
  return (
    <>
      <header className="summary-head">
        <h2 className="title ellipsis" title={run}>
          {run}
        </h2>
        <span className={tone === '' ? 'muted' : tone}>{word}</span>
        <span className="grow" />
        <ExportButton run={run} />
        <a className="button" href={`#run?run=${encodeURIComponent(run)}`}>
          Open the run
        </a>
      </header>
      <div className="summary-grid">
        <Section name="Course">
          <Pairs
            of={[
              ['began', firstWallTime > 0 ? dateTime.format(firstWallTime * 1000) : '–'],
              ['last record', lastWallTime > 0 ? dateTime.format(lastWallTime * 1000) : '–'],
              [
                'silent for',
                state === 'live' && !isHubLost ? formatDuration(now / 1000 - lastWallTime) : undefined,
              ],
              ['took', formatDuration(ended?.seconds ?? lastWallTime - firstWallTime)],
              [
                'last step',
                `${formatStep(lastStep)}${totalSteps === undefined ? '' : ` of ${formatStep(totalSteps)}`}`,
              ],
              [summary.lossTag ?? 'loss', summary.loss],
              ['ended as', ended?.reason],
              ['weights', ended?.weights],
            ]}
          />
          {(ended?.error ?? summary.error) !== undefined && (
            <p className="small is-bad">{ended?.error ?? summary.error}</p>
          )}
        </Section>
        {Object.keys(stated).length > 0 && (
          <Section name="Config">
            <Pairs of={Object.entries(stated).map(([name, value]) => [name, formatConfig(value)] as const)} />
            {started === undefined && summary.configOmitted !== undefined && (
              <p className="micro">
                {formatStep(summary.configOmitted)} more are too long to be listed here.
              </p>
            )}
          </Section>
        )}
        {started !== undefined && (
          <Section name="Environment">
            <Pairs of={[['git', revision], ...Object.entries(environment)]} />
            {commandLine !== undefined && <pre className="summary-text mono">{commandLine}</pre>}
          </Section>
        )}
        {started !== undefined && model !== undefined && (
          <Section name="Data and net">
            <Pairs
              of={[
                ['data', started.data.synthetic ? `${started.data.name} (synthetic)` : started.data.name],
                [
                  'pictures',
                  `${formatStep(started.data.trainPictures)} to train, ${formatStep(started.data.testPictures)} to test`,
                ],
                ['classes', String(started.data.classes.length)],
                ['parameters', formatStep(model.parameters)],
                ['epochs', formatStep(started.plan.epochs)],
              ]}
            />
          </Section>
        )}
        <Section name="Log">
          <Pairs
            of={[
              ['size', formatBytes(bytes)],
              ['scalars', formatStep(scalars.length)],
              ['other tags', tags === undefined ? undefined : formatStep(tags.length)],
              ['gaps', String(summary.gaps)],
            ]}
          />
          {gaps.length > 0 && (
            <ul className="small summary-gaps">
              {gaps.map(({ file, offset, length, reason, afterStep, beforeStep }) => (
                <li key={`${file} ${offset}`}>
                  <span className="mono">{file}</span>, {formatBytes(length)} at byte {formatStep(offset)}
                  {afterStep !== null && `, after step ${formatStep(afterStep)}`}
                  {beforeStep !== null && `, before step ${formatStep(beforeStep)}`}: {reason}
                </li>
              ))}
            </ul>
          )}
          {summary.notShown?.map((sentence) => (
            <p key={sentence} className="small is-warn">
              {sentence}
            </p>
          ))}
        </Section>
        <CurvesSection summary={summary} scalars={scalars} />
        {texts.map(({ tag }) => (
          <ConsoleText key={tag} run={run} tag={tag} />
        ))}
      </div>
      {started === undefined && Object.keys(stated).length === 0 && (
        <p className="summary-note small muted">
          The run says nothing of its config. One line of PyTorch does:{' '}
          <code className="mono">{'writer.add_hparams({"lr": 0.1}, {"hparam/accuracy": accuracy})'}</code>
        </p>
      )}
    </>
  );
}

/** The newest record of a tag, decoded. */
function useNewest(run: string, tag: string, kind: 'run-start' | 'run-end' | 'text') {
  const rows = useBlobRows({ run, tag, kind });
  const loaded = useBlob(rows && refOf(rows, rows.count - 1));
  return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
}

/** Longer texts are shown from their end, which is the newest. */
const MOST_CHARACTERS = 50_000;

function ConsoleText({ run, tag }: { readonly run: string; readonly tag: string }) {
  const decoded = useNewest(run, tag, 'text');
  if (decoded?.kind !== 'text') return null;
  const text = decoded.strings.join('\n');
  const cut = text.length > MOST_CHARACTERS;
  return (
    <section className="summary-section is-wide" aria-label={tag}>
      <h2 className="heading">
        {tag}
        <span className="micro">
          step {formatStep(decoded.step)}
          {cut && `, the last ${formatStep(MOST_CHARACTERS)} of ${formatStep(text.length)} characters`}
        </span>
      </h2>
      <pre className="summary-text mono" tabIndex={0}>
        {cut ? text.slice(-MOST_CHARACTERS) : text}
      </pre>
    </section>
  );
}

function Section({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section className="summary-section" aria-label={name}>
      <h2 className="heading">{name}</h2>
      {children}
    </section>
  );
}

function Pairs({ of }: { readonly of: readonly (readonly [name: string, value: string | undefined])[] }) {
  return (
    <dl className="summary-pairs">
      {of.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
