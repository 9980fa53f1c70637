/** All that is known of a run, in one place: what it was started with, where it ran, how it went and what it wrote. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { nameOfRun, titleOfRun } from '@convscope/shared/run-name.js';
import { RUN_END_TAG, RUN_START_TAG } from '@convscope/shared/run-record.js';
import { useBlobTags, useHasAllTags, useHeldRuns } from '../../blobs/use-blobs.js';
import { scalarText } from '../../charts/tick-text.js';
import { BesideRuns } from '../../runs/beside-runs.js';
import { ExportButton } from '../../runs/export-button.js';
import { hasRecords } from '../../runs/has-records.js';
import type { ViewOfRuns } from '../../runs/run-choice.js';
import { RunsColumn } from '../../runs/runs-column.js';
import { useIsHubLost, useRuns } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { formatConfig, formatDuration, formatStep } from '../../ui/format.js';
import { formatTime } from '../../ui/log-time.js';
import type { PageAddress } from '../../ui/page-address.js';
import { ReadingNote } from '../../ui/reading-note.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../../ui/use-waiting.js';
import { ConfusionSection } from './confusion-section.js';
import { CurvesSection } from './curves-section.js';
import { LogSection } from './log-section.js';
import { NoteSection } from './note-section.js';
import { Pairs, Section, useNewest } from './parts.js';
import { isConfusionTag, isConsoleTag, isStatementTag } from './run-tags.js';
import { TextSection } from './text-section.js';
import './summary.css';

export interface SummaryView extends ViewOfRuns {
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
      <main className="summary-page">
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
  const { run, state, firstWallTime, lastWallTime, lastStep, config, totalSteps, note } = summary;
  const runs = useRuns();
  const isHubLost = useIsHubLost();
  const { word, tone } = stateWord(summary, isHubLost);
  const now = useNow(NOW_MS);
  useHeldRuns('summary', [run]);
  const [tags] = useBlobTags([run]);
  useWaiting(tags === undefined);
  const isKnown = useHasAllTags([run]);
  const scalars = useStore(runs.data, (data) => data.get(run))?.scalarTags ?? [];
  const gaps = useStore(runs.data, (data) => data.get(run)?.gaps) ?? [];
  const start = useNewest(run, RUN_START_TAG, 'run-start');
  const end = useNewest(run, RUN_END_TAG, 'run-end');
  const started = start?.kind === 'run-start' ? start.start : undefined;
  const ended = end?.kind === 'run-end' ? end.end : undefined;
  const texts = (tags ?? []).filter(({ kind }) => kind === 'text').map(({ tag }) => tag);
  const consoles = texts.filter(isConsoleTag);
  // Our own runs log the config as a text too, for TensorBoard.
  const isOurs = tags?.some(({ tag }) => tag === RUN_START_TAG) === true;
  const statements = isOurs ? [] : texts.filter((tag) => isStatementTag(tag) && !isConsoleTag(tag));
  const confusion = (tags ?? []).filter(
    ({ kind, tag }) => (kind === 'tensor' || kind === 'image') && isConfusionTag(tag),
  );
  const stated = started?.config ?? config ?? {};
  const { git, gitCommit, commit, commandLine, ...environment } = started?.environment ?? {};
  const revision = git ?? gitCommit ?? commit;
  const model = started?.model;
  return (
    <>
      <header className="summary-head">
        <h2 className="title ellipsis" title={run}>
          {titleOfRun(summary)}
        </h2>
        {summary.label !== undefined && <span className="faint ellipsis">{nameOfRun(run)}</span>}
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
              ['began', firstWallTime > 0 ? formatTime(dateTime, firstWallTime) : '–'],
              ['last record', lastWallTime > 0 ? formatTime(dateTime, lastWallTime) : '–'],
              [
                'silent for',
                state === 'live' && !isHubLost
                  ? formatDuration(now / 1000 - (summary.lastChange ?? lastWallTime))
                  : undefined,
              ],
              ['took', tookText(summary, ended?.seconds)],
              [
                'last step',
                `${hasRecords(summary) ? formatStep(lastStep) : '–'}${totalSteps === undefined ? '' : ` of ${formatStep(totalSteps)}`}`,
              ],
              [
                summary.lossTag ?? 'loss',
                summary.loss === undefined ? undefined : scalarText(Number(summary.loss)),
              ],
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
        {started !== undefined && Object.keys(started.environment).length > 0 && (
          <Section name="Environment">
            <Pairs of={[['git', revision], ...Object.entries(environment)]} />
            {commandLine !== undefined && <pre className="summary-text mono">{commandLine}</pre>}
          </Section>
        )}
        {started !== undefined && model !== undefined && (
          <Section name="Data and net">
            <Pairs
              of={[
                ['data', dataText(started.data)],
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
        {statements.map((tag) => (
          <TextSection key={tag} run={run} tag={tag} isConsole={false} />
        ))}
        <LogSection summary={summary} scalars={isKnown ? scalars : undefined} tags={tags} gaps={gaps} />
        <NoteSection run={run} note={note} />
        <CurvesSection summary={summary} scalars={scalars} isKnown={isKnown} />
        {confusion.map((of) => (
          <ConfusionSection key={`${of.kind} ${of.tag}`} run={run} of={of} classes={started?.data.classes} />
        ))}
        {consoles.map((tag) => (
          <TextSection key={tag} run={run} tag={tag} isConsole />
        ))}
      </div>
      {!isKnown && <ReadingNote />}
      {isKnown && !isOurs && Object.keys(stated).length === 0 && statements.length === 0 && (
        <p className="summary-note small muted">
          The run says nothing of its config. One line of PyTorch does:{' '}
          <code className="mono">{'writer.add_hparams({"lr": 0.1}, {"hparam/accuracy": accuracy})'}</code>
        </p>
      )}
    </>
  );
}

/** How long the run says that it took, or else how long its log says. */
function tookText({ firstWallTime, lastWallTime }: RunSummary, stated: number | undefined): string {
  if (stated !== undefined) return formatDuration(stated);
  // Records without a time count as logged in 1970.
  return firstWallTime > 0 && lastWallTime > 0 ? formatDuration(lastWallTime - firstWallTime) : '–';
}

function dataText({ name, synthetic }: { readonly name: string; readonly synthetic: boolean }): string {
  return synthetic && name !== 'synthetic' ? `${name} (synthetic)` : name;
}
