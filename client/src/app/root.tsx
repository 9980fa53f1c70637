/** The app with its source, which changes when files are dropped on the page. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PageRow } from '../pages/page.js';
import { Runs } from '../runs/runs.js';
import type { OpenedLog } from '../sources/file-source/log-service.js';
import type { Source } from '../sources/source.js';
import { replaceHash } from '../ui/address-bar.js';
import { AppView } from './app.js';
import { DropTarget } from './drop-target.js';
import { OpenLogContext } from './open-log.js';

export function Root({ source, pages }: { readonly source: Source; readonly pages: readonly PageRow[] }) {
  const [opened, setOpened] = useState(() => ({ number: 0, runs: new Runs(source) }));
  const current = useRef(opened);
  current.current = opened;
  const openLog = useMemo(
    () => async (log: OpenedLog) => {
      const { createFileSource } = await import('../sources/file-source/file-source.js');
      const { number, runs } = current.current;
      runs.source.close();
      // The address may name a run that the files do not have.
      replaceHash('#run');
      setOpened({ number: number + 1, runs: new Runs(createFileSource(log)) });
    },
    [],
  );
  useEffect(() => () => current.current.runs.source.close(), []);
  return (
    <OpenLogContext value={openLog}>
      <AppView key={opened.number} runs={opened.runs} pages={pages} />
      <DropTarget onLog={openLog} />
    </OpenLogContext>
  );
}
