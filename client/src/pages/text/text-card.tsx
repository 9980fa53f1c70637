import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { useEffect, useMemo, useRef, useState } from 'react';
import { type BlobRows, refOf } from '../../blobs/blobs.js';
import type { Loaded } from '../../blobs/capture-loader.js';
import { cardKey } from '../../blobs/card-steps.js';
import { RetryButton } from '../../blobs/retry-button.js';
import { RunMark } from '../../blobs/run-mark.js';
import { useBlob, useBlobRows } from '../../blobs/use-blobs.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { Button } from '../../ui/button.js';
import { copyText } from '../../ui/copy-text.js';
import { download } from '../../ui/download.js';
import { formatStep, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { timeAttributes } from '../../ui/log-time.js';
import { useSeen } from '../../ui/use-visible.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { useFoundSteps } from './found-steps.js';
import type { LoggedText } from './markdown.js';
import { DiffText, type DiffTextProps, emptyNote, MarkdownText, plainText, RawText } from './text-body.js';
import { useText, useTextView } from './text-state.js';

export interface TextCardProps {
  readonly run: DrawnRun;
  readonly tag: string;
  readonly saysTag: boolean;
}

/** The texts of one tag of one run. They are fetched once it can be seen. */
export function TextCard(props: TextCardProps) {
  const { run, tag } = props;
  const [ref, , wasSeen] = useSeen<HTMLElement>();
  return (
    <article
      ref={ref}
      className="text-card bordered-card"
      aria-label={`${tag} of ${run.run}`}
      data-run={run.run}
      data-tag={tag}
    >
      {wasSeen ? <Texts {...props} /> : <div className="text-well" />}
    </article>
  );
}

/** All rows of a step, oldest first: more than one text may be logged without a step, or at the same. */
function rowsOfStep({ column, count }: BlobRows, step: number): number[] {
  return Array.from({ length: count }, (_, row) => row).filter((row) => column.row(row)?.step === step);
}

function textOf(loaded: Loaded | undefined): LoggedText | undefined {
  return loaded !== undefined && 'decoded' in loaded && loaded.decoded.kind === 'text'
    ? loaded.decoded
    : undefined;
}

function Texts({ run, tag, saysTag }: TextCardProps) {
  const state = useText();
  const { step, mode, from, search } = useTextView();
  const [back, setBack] = useState(0);
  const rows = useBlobRows({ run: run.run, tag, kind: 'text' });
  const key = cardKey(run.run, tag);
  useEffect(() => state.cards.offer(key, rows), [state.cards, key, rows]);
  useEffect(() => () => state.cards.offer(key, undefined), [state.cards, key]);
  const newest = rows?.column.rowAt(step ?? Number.POSITIVE_INFINITY);
  const shownStep = newest === undefined ? undefined : rows?.column.row(newest)?.step;
  const same = useMemo(
    () => (rows === undefined || shownStep === undefined ? [] : rowsOfStep(rows, shownStep)),
    [rows, shownStep],
  );
  const row = same.at(-1 - Math.min(back, same.length - 1)) ?? newest;
  const ref = rows === undefined ? undefined : refOf(rows, row);
  const loaded = useBlob(ref);
  const before = rows?.column.rowAt(from ?? (shownStep ?? 0) - 1);
  const beforeRef = rows === undefined || mode !== 'diff' ? undefined : refOf(rows, before);
  const loadedBefore = useBlob(beforeRef);
  // The text stays until the next has come.
  const [last, setLast] = useState<{ readonly at: BlobRow | undefined; readonly text: LoggedText }>();
  const now = textOf(loaded);
  const at = ref?.at;
  useEffect(() => {
    if (now !== undefined) setLast({ at, text: now });
  }, [now, at]);
  const shown = now === undefined ? last?.text : now;
  const shownAt = now === undefined ? last?.at : at;
  const found = useFoundSteps(rows, search);
  const isWithout = search !== '' && found?.steps.length === 0 && found.searched === found.of;
  useWaiting(rows === undefined || (ref !== undefined && loaded === undefined));
  const error = loaded !== undefined && 'error' in loaded ? loaded.error : undefined;
  const first = rows?.column.firstStep;
  return (
    <>
      <header className="text-card-head bordered-card-head">
        <RunMark run={run} />
        <h3 className="ellipsis small" title={`${tag} of ${run.run}`}>
          {saysTag ? tag : titleOfRun(run)}
        </h3>
        {saysTag && <span className="ellipsis micro">{titleOfRun(run)}</span>}
        <span className="grow" />
        {shownAt !== undefined && (
          <time className="micro nowrap" {...timeAttributes(shownAt.wallTime)} data-step={shownAt.step}>
            step {formatStep(shownAt.step)}
          </time>
        )}
        {same.length > 1 && (
          <span className="row micro text-same">
            <Button
              quiet
              iconOnly
              aria-label="Earlier text of this step"
              disabled={back >= same.length - 1}
              onClick={() => setBack(back + 1)}
            >
              <Icon name="left" />
            </Button>
            {same.length - Math.min(back, same.length - 1)}/{same.length}
            <Button
              quiet
              iconOnly
              aria-label="Later text of this step"
              disabled={back === 0}
              onClick={() => setBack(Math.max(0, Math.min(back, same.length - 1) - 1))}
            >
              <Icon name="right" />
            </Button>
          </span>
        )}
        {shown !== undefined && (
          <>
            <Button
              quiet
              iconOnly
              aria-label="Copy this text"
              title="Copy the text as it was logged"
              onClick={() => void copyText(plainText(shown))}
            >
              <Icon name="copy" />
            </Button>
            <Button
              quiet
              iconOnly
              aria-label="Download this text"
              title="Download the text as it was logged"
              onClick={() =>
                download(`${run.run}-${tag}-${shownAt?.step ?? 0}.txt`, plainText(shown), 'text/plain')
              }
            >
              <Icon name="download" />
            </Button>
          </>
        )}
      </header>
      {search !== '' && found !== undefined && (
        <p className="small text-found">
          {found.steps.length === 0
            ? `Not found in ${plural(found.searched, 'text')}${found.searched < found.of ? ' so far' : ''}.`
            : `Found in ${plural(found.steps.length, 'step')}: `}
          {found.steps.slice(-12).map((one) => (
            <button key={one} type="button" className="link" onClick={() => state.show({ step: one })}>
              {formatStep(one)}
            </button>
          ))}
        </p>
      )}
      {!isWithout && (
        <div className="text-well" tabIndex={0} role="region" aria-label={`Text of ${tag} of ${run.run}`}>
          {error !== undefined ? (
            <p className="small is-bad text-note" role="status">
              {error} <RetryButton of={ref} />
            </p>
          ) : ref === undefined && first !== undefined ? (
            <p className="small muted text-note">The first text is of step {formatStep(first)}.</p>
          ) : shown === undefined ? null : mode !== 'diff' && emptyNote(shown) !== undefined ? (
            <p className="small muted text-note">{emptyNote(shown)}</p>
          ) : mode === 'raw' ? (
            <RawText text={shown} search={search} />
          ) : mode === 'markdown' ? (
            <MarkdownText text={shown} search={search} />
          ) : beforeRef === undefined ? (
            <p className="small muted text-note">There is no earlier text to compare it with.</p>
          ) : (
            <Difference
              before={textOf(loadedBefore)}
              after={now}
              from={beforeRef.at.step}
              to={at?.step ?? 0}
            />
          )}
        </div>
      )}
    </>
  );
}

/** Two texts and what differs between them. Those that were shown last stay until both of the next have come. */
function Difference(props: {
  readonly before: LoggedText | undefined;
  readonly after: LoggedText | undefined;
  readonly from: number;
  readonly to: number;
}) {
  const { before, after, from, to } = props;
  const last = useRef<DiffTextProps>(undefined);
  useWaiting(before === undefined || after === undefined);
  if (before !== undefined && after !== undefined) last.current = { before, after, steps: [from, to] };
  return last.current === undefined ? null : <DiffText {...last.current} />;
}
