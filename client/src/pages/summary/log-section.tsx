/** What the run has written: how much, in which files, and where they are damaged. */
import type { FileSummary, GapSummary, RunSummary, TagSummary } from '@convscope/shared/protocol/live.js';
import { notShownOf } from '../../runs/not-shown.js';
import { formatBytes, formatStep, plural } from '../../ui/format.js';
import { Pairs, Section } from './parts.js';
import { useFiles } from './use-files.js';

export function LogSection(props: {
  readonly summary: RunSummary;
  readonly scalars: readonly string[] | undefined;
  readonly tags: readonly TagSummary[] | undefined;
  readonly gaps: readonly GapSummary[];
}) {
  const { summary, scalars, tags, gaps } = props;
  const { files, moreFiles, error } = useFiles(summary);
  return (
    <Section name="Log">
      <Pairs
        of={[
          ['size', formatBytes(summary.bytes)],
          ['scalars', scalars === undefined ? undefined : formatStep(scalars.length)],
          ['other tags', tags === undefined ? undefined : formatStep(tags.length)],
          ['gaps', String(summary.gaps)],
        ]}
      />
      {error !== undefined && <p className="small is-bad">{error}</p>}
      {moreFiles > 0 && <p className="micro">{plural(moreFiles, 'earlier file')}, and:</p>}
      <ul className="small summary-files" aria-label="Files">
        {files.map((file) => (
          <File key={file.file} of={file} gaps={gaps.filter((gap) => gap.file === file.file)} />
        ))}
      </ul>
      {notShownOf(summary).map((sentence) => (
        <p key={sentence} className="small is-warn">
          {sentence}
        </p>
      ))}
    </Section>
  );
}

function File({ of, gaps }: { readonly of: FileSummary; readonly gaps: readonly GapSummary[] }) {
  const { file, bytes } = of;
  return (
    <li>
      <div className="summary-file">
        <span className="mono ellipsis" title={file}>
          {file}
        </span>
        <span className="nowrap">{formatBytes(bytes)}</span>
      </div>
      {gaps.map(({ offset, length, reason, afterStep, beforeStep }) => (
        <p key={offset} className="is-warn">
          {formatBytes(length)} at byte {formatStep(offset)}
          {afterStep !== null && `, after step ${formatStep(afterStep)}`}
          {beforeStep !== null && `, before step ${formatStep(beforeStep)}`}: {reason}
        </p>
      ))}
    </li>
  );
}
