/** What is compared, how it is shown, and in which order. */
import { ZoomButtons } from '../../grids/zoom-buttons.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { Toggle } from '../../ui/toggle.js';
import { useCompare, useView } from './compare-context.js';
import { stageFor, stageName, stagesOf } from './stage.js';
import type { Display, Scale, Sort } from './view.js';
import '../../ui/chip.css';

const DISPLAY_NAMES: readonly (readonly [Display, string])[] = [
  ['side', 'side by side'],
  ['difference', 'B − A'],
  ['blink', 'blink'],
  ['swipe', 'swipe'],
];
const SORT_NAMES: readonly (readonly [Sort, string])[] = [
  ['difference', 'mean |B − A|'],
  ['correlation', 'correlation'],
  ['norm', 'change of norm'],
  ['index', 'index'],
];
const SCALE_NAMES: readonly (readonly [Scale, string])[] = [
  ['layer', 'layer'],
  ['channel', 'channel'],
];

export function CompareToolbar() {
  const app = useCompare();
  const view = useView((of) => of);
  const layerA = useStore(app.a, ({ layer }) => layer);
  const layerB = useStore(app.b, ({ layer }) => layer);
  const comparison = useStoreValue(app.comparison);
  const layers = [layerA, layerB].filter((layer) => layer !== undefined);
  const stages = stagesOf(layers);
  const pictures = comparison?.pictures.pairs.length ?? 0;
  const matchTitle =
    'Pairs the channels of B with those of A by the correlation of their maps, as training gives channels no order (M)';
  return (
    <div className="page-controls compare-toolbar">
      {stages.length > 1 && (
        <Segments
          label="Stage"
          value={stageFor(view.stage, layers)}
          options={stages.map((stage) => [stage, stageName(stage, layers)] as const)}
          onChange={(stage) => app.show({ stage, limits: undefined, differenceLimits: undefined })}
        />
      )}
      <Segments
        label="Display"
        value={view.display}
        options={DISPLAY_NAMES}
        onChange={(display) => app.show({ display })}
      />
      {view.display === 'swipe' && (
        <label className="compare-swipe small">
          A
          <input
            type="range"
            aria-label="Part of each map that shows A, in per cent"
            min={0}
            max={100}
            value={view.swipe}
            onChange={(event) => app.show({ swipe: Number(event.target.value) })}
          />
          B
        </label>
      )}
      {view.display === 'blink' && <HoldButton />}
      <span className="grow" />
      <Toggle
        className="button"
        pressed={view.matched}
        title={matchTitle}
        onChange={(matched) => app.show({ matched })}
      >
        match channels
      </Toggle>
      {pictures > 1 && comparison?.stage !== 'kernels' && (
        <Select<'all' | 'one'>
          label="Pictures that the changes are measured over"
          text="over"
          value={view.ofOne ? 'one' : 'all'}
          options={[
            ['all', `all ${pictures} pictures`],
            ['one', 'this picture'],
          ]}
          onChange={(of) => app.show({ ofOne: of === 'one' })}
        />
      )}
      <Select<Sort>
        label="Order of the channels"
        text="sort"
        value={view.sort}
        options={SORT_NAMES}
        onChange={(sort) => app.show({ sort })}
      />
      <Select<Scale>
        label="Scale of the colours, the same for A and B"
        text="scale of the"
        value={view.scale}
        options={SCALE_NAMES}
        onChange={(scale) => app.show({ scale, limits: undefined, differenceLimits: undefined })}
      />
      <ZoomControl />
    </div>
  );
}

function HoldButton() {
  const app = useCompare();
  const isHeld = useStoreValue(app.isHeld);
  return (
    <Toggle
      className="button"
      pressed={isHeld}
      title="Hold what is shown, or go on (Space)"
      onChange={app.isHeld.set}
    >
      hold
    </Toggle>
  );
}

function ZoomControl() {
  const app = useCompare();
  const zoom = useView((view) => view.zoom);
  return (
    <ZoomButtons
      noun="maps"
      zoom={zoom}
      canvas=".compare-panes canvas[data-zoom]"
      onZoom={(next) => app.show({ zoom: next })}
    />
  );
}
