import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatStep } from '../../ui/format.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { differences } from './differences.js';
import { highlightIn } from './highlight.js';
import { type LoggedText, tableOf } from './markdown.js';
import { renderMarkdown } from './render-markdown.js';
import { sanitised } from './sanitise.js';

/** Longer texts are not rendered as Markdown. */
const LONGEST_MARKDOWN = 200_000;
/** Longer texts are cut on the screen; their download is whole. */
const LONGEST_SHOWN = 1_000_000;

/** The text as it was logged; a table as lines of cells, with tabs between them. */
export function plainText(text: LoggedText): string {
  if (text.strings.length < 2) return text.strings[0] ?? '';
  return tableOf(text)
    .map((row) => row.join('\t'))
    .join('\n');
}

/** Why there is nothing to read; undefined if there is something. */
export function emptyNote({ strings }: LoggedText): string | undefined {
  if (strings.length === 0) return 'An empty tensor was logged: there is no text in it.';
  if (strings.some((one) => one !== '')) return undefined;
  return strings.length === 1 ? 'An empty text was logged.' : 'Empty texts were logged.';
}

function Note({ children }: { readonly children: React.ReactNode }) {
  return <p className="small is-warn text-note">{children}</p>;
}

export function MarkdownText({ text, search }: { readonly text: LoggedText; readonly search: string }) {
  const [html, setHtml] = useState<{
    readonly of: LoggedText;
    readonly html?: string;
    readonly error?: string;
  }>();
  const place = useRef<HTMLDivElement>(null);
  const length = useMemo(() => text.strings.reduce((sum, one) => sum + one.length, 0), [text]);
  const isLong = length > LONGEST_MARKDOWN;
  useEffect(() => {
    if (isLong) return;
    let isGone = false;
    renderMarkdown(text).then(
      (next) => {
        if (!isGone) setHtml({ of: text, html: next });
      },
      (error: unknown) => {
        if (!isGone) setHtml({ of: text, error: messageOf(error) });
      },
    );
    return () => {
      isGone = true;
    };
  }, [text, isLong]);
  useWaiting(!isLong && html?.of !== text);
  const shown = html?.html;
  useLayoutEffect(() => {
    if (place.current === null) return;
    place.current.replaceChildren(shown === undefined ? '' : sanitised(shown));
    return highlightIn(place.current, search);
  }, [shown, search]);
  if (isLong || html?.error !== undefined) {
    return (
      <>
        <Note>
          {isLong
            ? `This text has ${length.toLocaleString('en-US')} characters and is shown as it is.`
            : `It cannot be shown as Markdown: ${html?.error}`}
        </Note>
        <RawText text={text} search={search} />
      </>
    );
  }
  return (
    <>
      {text.shape.length > 2 && (
        <Note>
          A tensor of {text.shape.length} dimensions ({text.shape.join('×')}): its first table is shown.
        </Note>
      )}
      <div ref={place} className="markdown" />
    </>
  );
}

export function RawText({ text, search }: { readonly text: LoggedText; readonly search: string }) {
  const place = useRef<HTMLPreElement>(null);
  const whole = useMemo(() => plainText(text), [text]);
  const shown = whole.slice(0, LONGEST_SHOWN);
  useLayoutEffect(() => {
    // Another text has other places.
    if (place.current !== null && shown !== '') return highlightIn(place.current, search);
    return undefined;
  }, [shown, search]);
  return (
    <>
      {whole.length > LONGEST_SHOWN && (
        <Note>
          The first {LONGEST_SHOWN.toLocaleString('en-US')} of {whole.length.toLocaleString('en-US')}{' '}
          characters are shown. Download it to see all.
        </Note>
      )}
      <pre ref={place} className="mono text-raw">
        {shown}
      </pre>
    </>
  );
}

export interface DiffTextProps {
  readonly before: LoggedText;
  readonly after: LoggedText;
  readonly steps: readonly [before: number, after: number];
}

export function DiffText({ before, after, steps }: DiffTextProps) {
  const parts = useMemo(() => differences(plainText(before), plainText(after)), [before, after]);
  const [from, to] = steps.map(formatStep);
  if (parts === undefined)
    return <Note>These texts differ too much to be compared in a second. Look at them one by one.</Note>;
  if (parts.every(({ is }) => is === 'same'))
    return (
      <p className="small muted text-note">
        The texts of steps {from} and {to} are equal.
      </p>
    );
  return (
    <>
      <p className="small muted text-note">
        From step {from} to step {to}
      </p>
      <pre className="mono text-raw">
        {parts.map(({ text, is }, at) =>
          is === 'same' ? text : is === 'added' ? <ins key={at}>{text}</ins> : <del key={at}>{text}</del>,
        )}
      </pre>
    </>
  );
}
