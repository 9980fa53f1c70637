import { filterTags } from '../../runs/tag-filter.js';
import { Button } from '../../ui/button.js';
import { SearchField } from '../../ui/search-field.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import { StepSlider } from '../../ui/step-slider.js';
import { useStoreValue } from '../../ui/store.js';
import { Toggle } from '../../ui/toggle.js';
import { useImages, useImagesView } from './images-context.js';
import { CARD_SIZES, type CardSize } from './images-state.js';
import { STRONGEST, ZOOMS } from './view.js';

export const TAG_FILTER = 'image-tags';

const SIZE_NAMES: Readonly<Record<CardSize, string>> = { small: 'S', medium: 'M', large: 'L' };

export function ImagesToolbar() {
  const state = useImages();
  const view = useImagesView();
  const steps = useStoreValue(state.cards.steps);
  const preferences = useStoreValue(state.preferences);
  const { problem } = filterTags([], view.tags);
  const isChanged = view.brightness !== 100 || view.contrast !== 100;
  return (
    <div className="card-page-bar" role="toolbar" aria-label="Images">
      <SearchField
        id={TAG_FILTER}
        label="Filter tags"
        value={view.tags}
        onChange={(tags) => state.show({ tags })}
      />
      <Segments
        label="Slider"
        value={view.each ? 'each' : 'all'}
        options={[
          ['all', 'One slider'],
          ['each', 'One a card'],
        ]}
        onChange={(next) => state.show({ each: next === 'each' })}
      />
      {!view.each && (
        <StepSlider
          label="Step of all cards"
          steps={steps}
          step={view.step}
          onChange={(step) => state.show({ step })}
        />
      )}
      {(view.step !== undefined || (view.each && view.steps.size > 0)) && (
        <Button onClick={() => state.show(view.each ? { steps: new Map() } : { step: undefined })}>
          Newest
        </Button>
      )}
      <span className="grow" />
      <Select
        label="Zoom"
        text="zoom"
        value={view.zoom ?? 0}
        options={[
          [0, 'fit'] as const,
          ...ZOOMS.map((one) => [one, one === 1 ? 'actual size' : `${one}×`] as const),
        ]}
        onChange={(zoom) => state.show({ zoom: zoom === 0 ? undefined : zoom })}
      />
      <Toggle
        className="button toggle"
        pressed={view.smooth}
        onChange={(smooth) => state.show({ smooth })}
        title="Smooth instead of pixelated (S)"
      >
        Smooth
      </Toggle>
      <Level
        label="Brightness"
        value={view.brightness}
        onChange={(brightness) => state.show({ brightness })}
      />
      <Level label="Contrast" value={view.contrast} onChange={(contrast) => state.show({ contrast })} />
      {isChanged && (
        <Button quiet onClick={() => state.show({ brightness: 100, contrast: 100 })}>
          Reset
        </Button>
      )}
      <Segments
        label="Size of the cards"
        value={preferences.size}
        options={CARD_SIZES.map((size) => [size, SIZE_NAMES[size]] as const)}
        onChange={(size) => state.preferences.set({ ...preferences, size })}
      />
      {problem !== undefined && (
        <p className="small is-warn card-page-problem" role="status">
          {problem}
        </p>
      )}
    </div>
  );
}

function Level(props: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <label className="level small muted" title={`${props.label} ${props.value} %`}>
      {props.label}
      <input
        type="range"
        min={0}
        max={STRONGEST}
        step={5}
        value={props.value}
        onChange={(event) => props.onChange(Number(event.target.value))}
        onDoubleClick={() => props.onChange(100)}
      />
    </label>
  );
}
