import type { ReactNode } from 'react';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStore } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';

/** A part of the run page. If it fails, it is tried again when another run, layer, step, picture or channel is shown. */
export function Part({ name, children }: { name: string; children: ReactNode }) {
  const app = useRunPage();
  const run = useStore(app.run, (one) => one?.run);
  const step = useStore(app.frames.frame, (frame) => frame?.step);
  const view = useStore(app.view, ({ layer, probe, stage, channel }) =>
    [layer, probe, stage, channel].join('\n'),
  );
  return (
    <PartBoundary name={name} of={`${run}\n${step}\n${view}`}>
      {children}
    </PartBoundary>
  );
}
