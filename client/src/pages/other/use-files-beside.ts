import { messageOf } from '@convscope/shared/message-of.js';
import type { FilesAnswer } from '@convscope/shared/protocol/files-beside.js';
import { useEffect, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { useStore } from '../../ui/store.js';
import { useWaiting } from '../../ui/use-waiting.js';

/** Of runs that are being written, files are looked for again so often. No message says that there are more. */
const AGAIN_MS = 15_000;

export interface FilesBesideRuns {
  /** By run. */
  readonly answers: ReadonlyMap<string, FilesAnswer>;
  /** Why the files of a run could not be listed, by run. */
  readonly problems: readonly (readonly [run: string, problem: string])[];
}

const NONE: FilesBesideRuns = { answers: new Map(), problems: [] };

/** The files beside the logs of these runs. What was listed stays until it is listed anew. */
export function useFilesBeside(drawn: readonly DrawnRun[]): FilesBesideRuns {
  const runs = useRuns();
  const { filesBeside } = runs.source;
  const isConnected = useStore(runs.connection, ({ status }) => status === 'connected');
  const wanted = drawn.filter(({ beside = [] }) => beside.length > 0);
  const isLive = wanted.some(({ state }) => state === 'live');
  const key = JSON.stringify(wanted.map(({ run, generation, beside }) => [run, generation, beside]));
  const [found, setFound] = useState<FilesBesideRuns & { readonly key?: string }>(NONE);
  useEffect(() => {
    if (filesBeside === undefined) return undefined;
    const names = (JSON.parse(key) as readonly (readonly [run: string])[]).map(([run]) => run);
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      const answers = new Map<string, FilesAnswer>();
      const problems: (readonly [run: string, problem: string])[] = [];
      for (const run of names) {
        try {
          answers.set(run, await filesBeside.list(run, abort.signal));
        } catch (error) {
          if (abort.signal.aborted) return;
          problems.push([run, messageOf(error)]);
        }
      }
      setFound({ answers, problems, key });
    };
    if (isConnected || names.length === 0) void look();
    const timer = isLive && isConnected ? setInterval(() => void look(), AGAIN_MS) : undefined;
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [filesBeside, key, isConnected, isLive]);
  useWaiting(filesBeside !== undefined && wanted.length > 0 && found.key !== key);
  return found;
}
