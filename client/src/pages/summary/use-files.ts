/** The files of a run, asked for anew as its log grows. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { FileSummary, RunSummary } from '@convscope/shared/protocol/live.js';
import { useEffect, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';

/** Between two requests for a run that is live. */
const PAUSE_MS = 2_000;

interface Files {
  readonly files: readonly FileSummary[];
  readonly moreFiles: number;
  readonly error: string | undefined;
}

const NONE: Files = { files: [], moreFiles: 0, error: undefined };

export function useFiles({ run, generation, bytes }: RunSummary): Files {
  const { source } = useRuns();
  const [found, setFound] = useState(NONE);
  const isFirst = found === NONE;
  // biome-ignore lint/correctness/useExhaustiveDependencies: generation and bytes say that the files have changed
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(
      () =>
        source.detail(run, abort.signal).then(
          ({ files = [], moreFiles = 0 }) => {
            if (!abort.signal.aborted) setFound({ files, moreFiles, error: undefined });
          },
          (error: unknown) => {
            if (!abort.signal.aborted) setFound((before) => ({ ...before, error: messageOf(error) }));
          },
        ),
      isFirst ? 0 : PAUSE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, run, generation, bytes, isFirst]);
  return found;
}
