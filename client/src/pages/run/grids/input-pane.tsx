import { memo, useCallback, useMemo } from 'react';
import type { LutName } from '../../../drawing/lut.js';
import { Legend } from '../../../grids/legend.js';
import { MapGrid, type MapPlace } from '../../../grids/map-grid.js';
import type { Cursor } from '../../../grids/use-map-scroll.js';
import { Segments } from '../../../ui/segments.js';
import { Select } from '../../../ui/select.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useNarrow } from '../../../ui/use-size.js';
import { recipeText } from '../frames/recipes.js';
import { floatsOf } from '../frames/stacks.js';
import { useRunPage } from '../run-page-context.js';
import { inputNameOf, readsPicture } from '../shown/input-name.js';
import { OfStep } from '../shown/of-step.js';
import { useLimits } from '../shown/use-limits.js';
import { useMarks } from '../shown/use-outlined.js';
import { outputAt, type Selection, type Window, windowOf } from '../state/selection.js';
import { ofProbe } from '../take-away/of-probe.js';
import { TakeMenu } from '../take-away/take-menu.js';
import { EmptyPane } from './empty-pane.js';
import { LockSelect } from './lock-select.js';
import { useGridHover, valueText } from './use-grid-hover.js';
import { isVector, VectorBars } from './vector-bars.js';

/** Of what is taken away. */
const MAP_AXES = ['channel', 'y', 'x'];

function middleOf({ y0, y1, x0, x1 }: Window): Cursor {
  return { channel: undefined, y: Math.round((y0 + y1) / 2), x: Math.round((x0 + x1) / 2) };
}

function sourceText({ description, layer }: Selection, operand: number): string {
  if (layer.walk !== undefined && (description === undefined || layer.input === undefined)) {
    const { recipe, name } = layer.walk.inputs[operand] ?? layer.walk.inputs[0] ?? {};
    if (recipe !== undefined) return recipeText(recipe);
    return name === undefined ? '' : `${name}: not in the log`;
  }
  if (description === undefined) return layer.input?.tag ?? '';
  const { input } = description;
  if (input.from === 'probes')
    return description.inChannels === 3 ? 'R, G, B, normalised' : 'picture, normalised';
  const steps = input.operations.map((one) =>
    one.op === 'relu' ? 'ReLU' : `max pool ${one.kernel.join('×')}`,
  );
  const slash = input.tag.lastIndexOf('/');
  const producer = input.tag.slice(0, slash);
  const isInput = input.tag.slice(slash) === '/input';
  if (isInput) return producer === layer.name ? 'logged as it is' : `what goes into ${producer}`;
  return `from ${[producer, ...steps].join(', ')}`;
}

/** More characters do not fit beside each other into a pane. */
const MOST_CHARACTERS = 20;

/** Which input of a layer that reads several is shown. */
function OperandChoice(props: {
  readonly names: readonly string[];
  readonly value: number;
  readonly onChange: (operand: number) => void;
}) {
  const { names, value, onChange } = props;
  return names.join('').length <= MOST_CHARACTERS ? (
    <Segments
      label="Input"
      value={String(value)}
      options={names.map((name, index) => [String(index), name])}
      onChange={(next) => onChange(Number(next))}
    />
  ) : (
    <Select
      label="Input"
      value={value}
      options={names.map((name, index) => [index, name])}
      onChange={onChange}
    />
  );
}

export const InputPane = memo(function InputPane({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const narrow = useNarrow();
  const { layer, input, inputShape, frame, inputSigned } = selection;
  const viewLock = useStore(app.view, (view) => view.lock);
  const probe = useStore(app.view, (view) => view.probe);
  const isPicture = readsPicture(selection);
  const operand = useStore(app.view, (view) => view.operand);
  const isSeveral = layer.input === undefined && selection.inputs.length > 1;
  const shownOperand = operand < selection.inputs.length ? operand : 0;
  const source = sourceText(selection, shownOperand);
  const record = frame?.input?.decoded;
  const lut: LutName = isPicture ? 'grey' : inputSigned ? 'RdBu' : 'viridis';
  // A picture is the same at every step: its limits are those of all probes.
  const fixed = useMemo(
    () => (isPicture && record !== undefined ? { lo: record.range.min, hi: record.range.max } : undefined),
    [isPicture, record],
  );
  const colours = useLimits('input', input, record, layer.input?.tag, inputSigned, viewLock);
  const limits = useMemo(
    () => (fixed === undefined || colours.chosen ? colours.limits : () => fixed),
    [fixed, colours.chosen, colours.limits],
  );
  const isPinned = useStore(app.view, (view) => view.y !== undefined);
  const marks = useMarks(selection);
  const patchPixel = useStoreValue(app.patchPixel);
  const [channels, height, width] = inputShape ?? [0, 1, 1];
  const order = useMemo(() => Array.from({ length: channels }, (_, channel) => channel), [channels]);
  const step = frame?.input?.step;
  const tag = layer.input?.tag ?? '';
  const facts = useMemo(
    () => ({ tag, layer: layer.name, step, lock: viewLock }),
    [tag, layer.name, step, viewLock],
  );
  // Names that stay the same functions for every capture: the grid redraws its labels with them.
  const nameOf = useCallback(
    (channel: number) => inputNameOf(isPicture, channels, channel),
    [isPicture, channels],
  );
  const labelOf = useCallback(
    (channel: number) => (isPicture && channels === 3 ? `${channel}  ${nameOf(channel)}` : String(channel)),
    [nameOf, isPicture, channels],
  );
  const onHover = useGridHover('input', input, nameOf);
  const pick = ({ y, x }: MapPlace) => app.show(outputAt(selection, y, x));
  const place = { channel: 0, y: marks?.output.y0 ?? 0, x: marks?.output.x0 ?? 0 };
  const inside = place.y < height && place.x < width;
  const text =
    input === undefined || !inside
      ? frame?.settled === true
        ? 'no map'
        : 'loading'
      : `${layer.name} ${nameOf(0)}, y ${place.y}, x ${place.x}: ${valueText(input, place)}`;
  const empty = selection.empty.input;
  const size = empty === undefined ? `${channels} × ${height}×${width}` : `[${empty.join(', ')}]`;
  const isZoomed = useStore(app.view, (view) => view.zoom !== undefined);
  // On a phone three columns fill the width; larger maps are reduced, as in the output.
  const side = Math.max(height, width);
  const zoom = narrow && side <= 96 ? Math.floor(96 / side) : undefined;

  return (
    <section className="pane input" aria-label="Input channels">
      <div className="pane-head">
        <h2 className="heading">Input</h2>
        <span className="micro ellipsis" title={size}>
          {!isPicture && <OfStep step={frame?.input?.step} after=" · " />}
          {size}
        </span>
      </div>
      <div className="pane-row">
        {isSeveral && (
          <OperandChoice
            names={selection.inputs.map(({ name }) => name)}
            value={shownOperand}
            onChange={(next) => app.show({ operand: next, limits: {} })}
          />
        )}
        <span className="micro ellipsis" style={{ flex: '1 1 0' }} title={source}>
          {source}
        </span>
        <TakeMenu
          pane="the input"
          taken={() =>
            input === undefined
              ? undefined
              : {
                  title: `${layer.name} input${ofProbe(record, probe)}${isPicture ? '' : `, step ${step ?? ''}`}`,
                  stack: input,
                  axes: MAP_AXES,
                  order,
                  nameOf,
                  lut,
                  limits,
                  chosen: 0,
                  chosenName: nameOf(0),
                }
          }
        />
      </div>
      <div className="pane-grid">
        {empty !== undefined ? (
          <EmptyPane tag={tag} shape={empty} />
        ) : input !== undefined && isVector(input.shape) ? (
          <div className="vector-scroll">
            <VectorBars
              label={`Input vector of ${layer.name}`}
              values={floatsOf(input)}
              nameOf={nameOf}
              textOf={(index) => valueText(input, { channel: index, y: 0, x: 0 })}
            />
          </div>
        ) : (
          <MapGrid
            name="input"
            label={`Input channels of ${layer.name}. Arrow keys move the pixel`}
            cellText={text}
            stack={input}
            mapSize={[height, width]}
            order={order}
            lut={lut}
            limits={limits}
            highlight={colours.highlight}
            zoom={zoom}
            // Whoever has chosen a zoom of the output wants to see pixels.
            reduces={!isZoomed}
            labels={narrow ? 'left' : 'above'}
            nameOf={labelOf}
            selected={undefined}
            cursor={
              isPinned
                ? middleOf(windowOf(selection, selection.y, selection.x))
                : { channel: undefined, y: 0, x: 0 }
            }
            mark={input === undefined ? undefined : marks?.input}
            strongMark
            spot={patchPixel}
            facts={facts}
            onHover={onHover}
            onPick={pick}
            onMove={(dy, dx) => app.movePixel(dy, dx)}
          />
        )}
      </div>
      <Legend
        name="Input"
        title={isPicture ? 'grey' : inputSigned ? 'RdBu, 0 = grey' : 'viridis'}
        stack={input}
        lut={lut}
        limits={limits(0)}
        signed={lut === 'RdBu'}
        chosen={colours.chosen}
        lock={
          isPicture ? (
            <span>
              locked to <b className="medium">probes</b>
            </span>
          ) : (
            <LockSelect name="the input" />
          )
        }
        onLimits={colours.setLimits}
        onHighlight={colours.setHighlight}
      />
    </section>
  );
});
