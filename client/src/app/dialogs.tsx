/** The dialogs of the app, whose code is loaded after the page: when one is opened, or a little later by itself. */
import { lazy, Suspense, useEffect, useState } from 'react';
import type { KeyHelp } from '../pages/page.js';
import { uncopied } from '../ui/copy-text.js';
import { useStoreValue } from '../ui/store.js';

/** By then a first page has been drawn. Loaded early, the dialogs open without a hub as well. */
const LOAD_AFTER_MS = 3_000;

const loadHelp = () => import('./help-dialog.js');
const loadCopy = () => import('../ui/copy-dialog.js');
const HelpDialog = lazy(async () => ({ default: (await loadHelp()).HelpDialog }));
const CopyDialog = lazy(async () => ({ default: (await loadCopy()).CopyDialog }));

export function Dialogs(props: {
  readonly keys: readonly KeyHelp[];
  readonly help: boolean;
  readonly onCloseHelp: () => void;
}) {
  const { keys, help, onCloseHelp } = props;
  const isCopying = useStoreValue(uncopied) !== undefined;
  // A dialog that was open stays mounted, so that it closes as it opened.
  const [wasOpen, setWasOpen] = useState({ help: false, copy: false });
  if ((help && !wasOpen.help) || (isCopying && !wasOpen.copy))
    setWasOpen({ help: wasOpen.help || help, copy: wasOpen.copy || isCopying });
  useEffect(() => {
    const timer = setTimeout(() => {
      // A failure is told when a dialog is opened, which asks again.
      Promise.all([loadHelp(), loadCopy()]).catch(() => undefined);
    }, LOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Suspense fallback={null}>
      {wasOpen.help && <HelpDialog keys={keys} open={help} onClose={onCloseHelp} />}
      {wasOpen.copy && <CopyDialog />}
    </Suspense>
  );
}
