import { memo } from 'react';
import { ZoomButtons } from '../../../grids/zoom-buttons.js';
import { Segments } from '../../../ui/segments.js';
import { Select } from '../../../ui/select.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import type { Sort, Stage } from '../state/view-state.js';

const SORT_NAMES: readonly (readonly [Sort, string])[] = [
  ['index', 'index'],
  ['mean', 'mean'],
  ['std', 'std'],
  ['zero', '% zero'],
];
/** Hidden where the pane is narrow. The same element at each render, so that what shows it need not render. */
const SORT_WORD = <span className="select-word">sort</span>;
const STAGE_NAMES: Readonly<Record<Stage, string>> = { conv: 'conv', relu: 'ReLU', gradient: 'gradient' };

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
          text={SORT_WORD}
          value={sort}
          options={SORT_NAMES}
          onChange={(next) => app.show({ sort: next })}
        />
      )}
      <ZoomControl />
    </>
  );
});

/** The stage on a phone, where the head of the pane is not shown. */
export function StageSelect({ stage, stages }: { readonly stage: Stage; readonly stages: readonly Stage[] }) {
  const app = useRunPage();
  return (
    <Select<Stage>
      label="Stage"
      value={stage}
      options={stages.map((one) => [one, STAGE_NAMES[one]] as const)}
      onChange={(next) => app.show({ stage: next, limits: {} })}
    />
  );
}

function ZoomControl() {
  const app = useRunPage();
  const zoom = useStore(app.view, (view) => view.zoom);
  return (
    <ZoomButtons
      noun="tiles"
      zoom={zoom}
      canvas='canvas[data-grid="output"]'
      onZoom={(next) => app.show({ zoom: next })}
    />
  );
}
