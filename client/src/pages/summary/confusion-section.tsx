/** How often each class is taken for each other one: of our own runs, and of others that log such a tensor or picture. */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { useState } from 'react';
import { refAtStep } from '../../blobs/blobs.js';
import { useBlobRows } from '../../blobs/use-blobs.js';
import { lazily } from '../../ui/lazily.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { Section } from './parts.js';

const WAITING = <p className="small muted">Reading the matrix.</p>;
const Matrix = lazily(async () => (await import('../../blobs/confusion-matrix.js')).Matrix, WAITING);

export function ConfusionSection(props: {
  readonly run: string;
  readonly of: TagSummary;
  /** Names of the classes, if the run says them. */
  readonly classes: readonly string[] | undefined;
}) {
  const { run, of, classes } = props;
  const [none] = useState<readonly string[]>([]);
  const rows = useBlobRows({ run, tag: of.tag, kind: 'tensor' });
  const at = rows && refAtStep(rows, Number.POSITIVE_INFINITY);
  useWaiting(of.kind === 'tensor' && at === undefined);
  return (
    <Section name="Confusion matrix" label={`Confusion matrix ${of.kind} ${of.tag}`} isWide aside={of.tag}>
      {of.kind === 'image' ? (
        <p className="small">
          <a className="link" href={`#images?tags=${encodeURIComponent(of.tag)}`}>
            The run logs it as a picture
          </a>
          , step by step.
        </p>
      ) : at === undefined ? (
        WAITING
      ) : (
        <PartBoundary name="The table" of={`${run}\n${of.tag}`}>
          <Matrix
            at={at}
            classes={classes ?? none}
            examples={classes === undefined ? 'examples' : 'pictures of the test set'}
          />
        </PartBoundary>
      )}
    </Section>
  );
}
