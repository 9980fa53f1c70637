/** What the program has printed or said about the run, as far as it is logged as text. */
import { useEffect, useMemo } from 'react';
import { type BlobRows, refOf } from '../../blobs/blobs.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';
import { useBlobRows, useBlobs } from '../../blobs/use-blobs.js';
import { formatStep, plural } from '../../ui/format.js';
import { useStore } from '../../ui/store.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { Section } from './parts.js';
import { nameOfText } from './run-tags.js';

/** Longer texts are shown from their end, which is the newest. */
const MOST_CHARACTERS = 50_000;
/** A console is often logged line by line. */
const MOST_RECORDS = 200;

/** @param isConsole records of all steps belong together; of other texts the newest counts */
export function TextSection({
  run,
  tag,
  isConsole,
}: {
  readonly run: string;
  readonly tag: string;
  readonly isConsole: boolean;
}) {
  const rows = useBlobRows({ run, tag, kind: 'text' });
  const { texts, error } = useTexts(rows, isConsole ? MOST_RECORDS : 1);
  useWaiting(rows === undefined || (texts.length === 0 && error === undefined && rows.count > 0));
  if (rows === undefined || (texts.length === 0 && error === undefined)) return null;
  const text = texts.join('\n');
  const cut = text.length > MOST_CHARACTERS;
  const name = nameOfText(tag);
  const step = formatStep(rows.column.lastStep ?? 0);
  const aside = [
    isConsole && rows.count > 1
      ? `${rows.count > MOST_RECORDS ? `the last ${MOST_RECORDS} of ` : ''}${plural(rows.count, 'record')}, up to step ${step}`
      : `step ${step}`,
    ...(cut ? [`the last ${formatStep(MOST_CHARACTERS)} of ${formatStep(text.length)} characters`] : []),
  ];
  return (
    <Section
      name={name}
      label={`Text ${name}`}
      isWide={isConsole}
      aside={
        <>
          {aside.join(', ')} ·{' '}
          <a className="link" href={`#text?tags=${encodeURIComponent(tag)}`}>
            Text
          </a>
        </>
      }
    >
      {error !== undefined && <p className="small is-bad">{error}</p>}
      {text !== '' && (
        <pre className="summary-text mono" tabIndex={0}>
          {cut ? text.slice(-MOST_CHARACTERS) : text}
        </pre>
      )}
    </Section>
  );
}

/** The texts of the last rows, in their order, as far as they have come. */
function useTexts(
  rows: BlobRows | undefined,
  most: number,
): { readonly texts: readonly string[]; readonly error: string | undefined } {
  const blobs = useBlobs();
  const refs = useMemo((): readonly CaptureRef[] => {
    if (rows === undefined) return [];
    const from = Math.max(0, rows.count - most);
    return Array.from({ length: rows.count - from }, (_, at) => refOf(rows, from + at)).filter(
      (ref) => ref !== undefined,
    );
  }, [rows, most]);
  useEffect(() => {
    const owner = {};
    blobs.wish(owner, refs.toReversed());
    return () => blobs.wish(owner, []);
  }, [blobs, refs]);
  const version = useStore(blobs.version, (one) => one);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what has come
  return useMemo(() => {
    const loaded = refs.flatMap((ref) => blobs.event(ref) ?? []);
    const texts = loaded.flatMap((one) =>
      'decoded' in one && one.decoded.kind === 'text' ? [one.decoded.strings.join('\n')] : [],
    );
    const failed = loaded.find((one) => 'error' in one);
    return { texts, error: failed !== undefined && 'error' in failed ? failed.error : undefined };
  }, [blobs, refs, version]);
}
