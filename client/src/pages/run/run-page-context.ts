import { createContext, useContext, useEffect, useMemo } from 'react';
import { useStore, useStoreLater, useStoreValue } from '../../ui/store.js';
import type { Frame } from './frames/frame.js';
import { healthAt } from './frames/layer-health.js';
import type { RunPageState } from './state/run-page-state.js';
import { type Selection, select } from './state/selection.js';

export const RunPageContext = createContext<RunPageState | undefined>(undefined);

export function useRunPage(): RunPageState {
  const app = useContext(RunPageContext);
  if (app === undefined) throw new Error('This component stands outside of RunPageContext.');
  return app;
}

/**
 * The selection, for all but the output grid; undefined while the run has no maps to show. Of a capture that comes by itself it is
 * drawn after the output, and while the playhead moves about once a second.
 */
export function useSelection(): Selection | undefined {
  const app = useRunPage();
  const frame = useStoreLater(app.frames.rest, app.frames.drawsAtOnce);
  useEffect(() => app.laidOut.set(frame), [app, frame]);
  return useSelectionOf(frame);
}

/** The selection for the output grid: while following, its newest map is shown before the rest of the frame. */
export function useOutputSelection(): Selection | undefined {
  const app = useRunPage();
  const frame = useStoreValue(app.frames.frame);
  const early = useStoreValue(app.frames.early);
  const ahead = useMemo(
    () =>
      frame !== undefined && early !== undefined && early.step > frame.step && !isComputed(frame)
        ? { ...frame, output: early }
        : frame,
    [frame, early],
  );
  return useSelectionOf(ahead);
}

/** Computed maps need all that they are computed from. */
function isComputed({ layer }: Frame): boolean {
  return layer.walk?.computed !== undefined;
}

function useSelectionOf(frame: Frame | undefined): Selection | undefined {
  const app = useRunPage();
  const layer = useStore(app.run, (run) => run?.layer);
  const probe = useStore(app.view, (view) => view.probe);
  const stage = useStore(app.view, (view) => view.stage);
  const channel = useStore(app.view, (view) => view.channel);
  const operand = useStore(app.view, (view) => view.operand);
  const y = useStore(app.view, (view) => view.y);
  const x = useStore(app.view, (view) => view.x);
  const health = useStore(app.frames.history.health, (layers) =>
    layer === undefined ? undefined : healthAt(layers.get(layer.name), frame?.output?.step),
  );
  return useMemo(
    () =>
      layer === undefined
        ? undefined
        : select(layer, frame, { ...app.view.get(), probe, stage, channel, operand, y, x }, health ?? []),
    [app, layer, frame, probe, stage, channel, operand, y, x, health],
  );
}
