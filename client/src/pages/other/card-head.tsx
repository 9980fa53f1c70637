import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import type { ReactNode } from 'react';
import type { BlobRows } from '../../blobs/blobs.js';
import { RunMark } from '../../blobs/run-mark.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { formatStep } from '../../ui/format.js';
import { timeAttributes } from '../../ui/log-time.js';

export interface CardHeadProps {
  readonly run: DrawnRun;
  readonly tag: string;
  /** The row that is shown. */
  readonly at: BlobRow | undefined;
  readonly rows: BlobRows | undefined;
  readonly children?: ReactNode;
}

export function CardHead({ run, tag, at, rows, children }: CardHeadProps) {
  const first = rows?.column.firstStep;
  return (
    <header className="bordered-card-head">
      <RunMark run={run} />
      <h3 className="ellipsis small" title={`${tag} of ${run.run}`}>
        {tag}
      </h3>
      <span className="ellipsis micro">{titleOfRun(run)}</span>
      <span className="grow" />
      {at !== undefined ? (
        <time className="micro nowrap" {...timeAttributes(at.wallTime)} data-step={at.step}>
          step {formatStep(at.step)}
        </time>
      ) : (
        first !== undefined && <span className="micro">from step {formatStep(first)}</span>
      )}
      {children}
    </header>
  );
}
