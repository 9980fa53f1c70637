import { memo } from 'react';
import { Segments } from '../../../ui/segments.js';
import { Select } from '../../../ui/select.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import type { RunPageState } from '../state/run-page-state.js';
import type { Sort, Stage } from '../state/view-state.js';

const SORT_NAMES: readonly (readonly [Sort, string])[] = [
  ['index', 'index'],
  ['mean', 'mean'],
  ['std', 'std'],
  ['zero', '% zero'],
];
const STAGE_NAMES: Readonly<Record<Stage, string>> = { conv: 'conv', relu: 'ReLU', gradient: 'gradient' };
const LARGEST_ZOOM = 24;

export function setZoom(app: RunPageState, zoom: number): void {
  app.show({ zoom: Math.max(1, Math.min(LARGEST_ZOOM, Math.round(zoom))) });
}

/** The stage, the order and the size of the output's maps. Memoised, because the pane renders with every new map. */
export const OutputControls = memo(function OutputControls(props: {
  readonly stage: Stage;
  readonly stages: readonly Stage[];
  readonly canSort: boolean;
}) {
  const app = useRunPage();
  const sort = useStore(app.view, (view) => view.sort);
  return (
    <>
      {props.stages.length > 1 && (
        <Segments
          label="Stage"
          value={props.stage}
          options={props.stages.map((stage) => [stage, STAGE_NAMES[stage]] as const)}
          onChange={(next) => app.show({ stage: next, limits: {} })}
        />
      )}
      {props.canSort && (
        <Select<Sort>
          label="Order of the channels"
          text="sort"
          value={sort}
          options={SORT_NAMES}
          onChange={(next) => app.show({ sort: next })}
        />
      )}
      <ZoomControl />
    </>
  );
});

function ZoomControl() {
  const app = useRunPage();
  const zoom = useStore(app.view, (view) => view.zoom);
  /** The zoom on the screen, also when it was chosen to fit. */
  const shown = () => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-grid="output"]');
    return zoom ?? Number(canvas?.dataset.zoom ?? 1);
  };
  return (
    <span className="segments" role="group" aria-label="Size of the tiles">
      <button
        type="button"
        aria-label="Smaller tiles"
        onClick={() => shown() > 1 && setZoom(app, shown() - 1)}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Fit all tiles"
        aria-pressed={zoom === undefined}
        title="All tiles at once"
        onClick={() => app.show({ zoom: undefined })}
      >
        {zoom === undefined ? 'fit' : `${zoom}×`}
      </button>
      <button type="button" aria-label="Larger tiles" onClick={() => setZoom(app, shown() + 1)}>
        +
      </button>
    </span>
  );
}
