import { memo, useCallback, useMemo } from 'react';
import type { LutName } from '../../../drawing/lut.js';
import { clampZoom } from '../../../drawing/tile-layout.js';
import { Legend } from '../../../grids/legend.js';
import { MapGrid, type MapPlace } from '../../../grids/map-grid.js';
import { formatStep } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { useSameList } from '../../../ui/use-same-list.js';
import { useNarrow } from '../../../ui/use-size.js';
import { FLAG_TOKENS } from '../flag-names.js';
import { statisticsOf } from '../frames/channel-statistics.js';
import { recipeText } from '../frames/recipes.js';
import { floatsOf } from '../frames/stacks.js';
import { useOutputSelection, useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import { useLimits } from '../shown/use-limits.js';
import { useMarks } from '../shown/use-outlined.js';
import { channelOrder, type Selection, type ShownMaps, sortKeys } from '../state/selection.js';
import { FLAGS } from '../state/view-state.js';
import { ofProbe } from '../take-away/of-probe.js';
import { TakeMenu } from '../take-away/take-menu.js';
import { ChangesLink } from './changes-link.js';
import { EmptyPane } from './empty-pane.js';
import { FlagChips } from './flag-chips.js';
import { LockSelect } from './lock-select.js';
import { OutputControls, StageSelect } from './output-controls.js';
import { useGridHover, valueText } from './use-grid-hover.js';
import { isVector, VectorBars } from './vector-bars.js';

/** Of what is taken away. */
const MAP_AXES = ['channel', 'y', 'x'];

export const OutputPane = memo(function OutputPane() {
  const selection = useOutputSelection();
  return selection === undefined ? null : <OutputGrid selection={selection} />;
});

function OutputGrid({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const narrow = useNarrow();
  const { layer, shape, frame, health, channel, shown } = selection;
  const { stage, stack: output, piece, tag, signed } = shown;
  const lock = useStore(app.view, (view) => view.lock);
  const sort = useStore(app.view, (view) => view.sort);
  const flag = useStore(app.view, (view) => view.flag);
  const zoom = useStore(app.view, (view) => view.zoom);
  const probe = useStore(app.view, (view) => view.probe);
  const record = piece?.decoded;
  const lut: LutName = signed ? 'RdBu' : 'viridis';
  const colours = useLimits('output', output, record, tag, signed, lock);
  const statistics = record === undefined ? undefined : statisticsOf(record);
  const judged = useStore(app.frames.history.health, (layers) => layers.get(layer.name)?.pictures ?? 0);
  const pictures = statistics?.pictures ?? judged;
  const isBefore = layer.outputRole === 'preactivation' && layer.description?.activation === 'relu';
  const takenStatistics = statistics && {
    title: `${layer.name} output${isBefore ? ' before ReLU' : ''}, step ${piece?.step ?? ''}`,
    values: statistics,
  };
  const keys = sortKeys(record, sort);
  const count = shape?.[0] ?? 0;
  const order = useMemo(() => channelOrder(count, keys), [count, keys]);
  const marks = useMarks(selection);
  const counts = useSameList(
    useMemo(
      () => FLAGS.map((one) => health.filter(({ conditions }) => conditions.includes(one)).length),
      [health],
    ),
  );
  const dim = useMemo(
    () => (flag === undefined ? undefined : (one: number) => health[one]?.conditions.includes(flag) !== true),
    [flag, health],
  );
  const conditions = useSameList(health.map((one) => one.conditions[0]));
  const badgeOf = useCallback(
    (one: number) => {
      const icon = conditions[one];
      return icon === undefined ? undefined : { icon, token: FLAG_TOKENS[icon] };
    },
    [conditions],
  );
  const nameOf = useCallback((one: number) => `out ${one}`, []);
  const step = piece?.step;
  const facts = useMemo(() => ({ tag, layer: layer.name, step, lock }), [tag, layer.name, step, lock]);
  const onHover = useGridHover('output', output, nameOf);
  const [channels, height, width] = shape ?? [0, 1, 1];
  const empty = selection.empty.output;
  const size = empty === undefined ? `${channels} × ${height}×${width}` : `[${empty.join(', ')}]`;
  const place: MapPlace = { channel, y: selection.y, x: selection.x };
  // A pixel that nobody has chosen is not scrolled to.
  const isPinned = useStore(app.view, (view) => view.y !== undefined);
  const text =
    output === undefined
      ? frame?.settled === true
        ? 'no map'
        : 'loading'
      : `${layer.name} out ${channel}, y ${place.y}, x ${place.x}: ${valueText(output, place)}`;
  // On a phone three columns fill the width; larger maps are reduced.
  const side = Math.max(height, width);
  const shownZoom = zoom ?? (narrow && side <= 96 ? Math.floor(96 / side) : undefined);

  return (
    <section className="pane output" aria-label="Output channels">
      <div className="pane-head">
        <h2 className="heading">Output</h2>
        <span className="micro ellipsis" title={size}>
          <OfStep step={step} after=" · " />
          {size}
        </span>
        <OutputControls stage={stage} stages={selection.stages} canSort={statistics !== undefined} />
      </div>
      <div className="pane-row">
        {health.length === 0 ? (
          <span className="micro ellipsis">
            {layer.walk?.computed === undefined ? layer.output.tag : recipeText(layer.walk.computed)}
          </span>
        ) : (
          <FlagChips layer={layer} counts={counts} pictures={pictures} />
        )}
        {narrow && selection.stages.length > 1 && <StageSelect stage={stage} stages={selection.stages} />}
        <ChangesLink />
        <TakeMenu
          pane="the output"
          taken={() =>
            output === undefined
              ? undefined
              : {
                  title: `${layer.name} output${stage === 'conv' ? '' : ` ${stage}`}${ofProbe(record, probe)}, step ${step ?? ''}`,
                  ...{ stack: output, axes: MAP_AXES, order, nameOf, lut, limits: colours.limits },
                  ...{
                    chosen: channel,
                    chosenName: nameOf(channel),
                    statistics: stage === 'gradient' ? undefined : takenStatistics,
                  },
                }
          }
        />
      </div>
      {stage === 'gradient' && <GradientNote frame={frame} piece={piece} />}
      <div className="pane-grid">
        {empty !== undefined ? (
          <EmptyPane tag={tag} shape={empty} />
        ) : output !== undefined && isVector(output.shape) ? (
          <div className="vector-scroll">
            <VectorBars
              label={`Output vector of ${layer.name}`}
              values={floatsOf(output)}
              selected={channel}
              nameOf={nameOf}
              textOf={(index) => valueText(output, { channel: index, y: 0, x: 0 })}
              onPick={(picked) => app.show({ channel: picked })}
            />
          </div>
        ) : (
          <MapGrid
            name="output"
            label={`Output channels of ${layer.name}. Arrow keys move the pixel, J and K the channel`}
            cellText={text}
            stack={output}
            mapSize={[height, width]}
            order={order}
            lut={lut}
            limits={colours.limits}
            highlight={colours.highlight}
            dim={dim}
            zoom={shownZoom}
            reduces
            labels={narrow ? 'left' : 'above'}
            nameOf={shortName}
            badgeOf={badgeOf}
            selected={channel}
            cursor={isPinned ? place : { channel, y: 0, x: 0 }}
            mark={output === undefined ? undefined : marks?.output}
            facts={facts}
            onHover={onHover}
            onPick={(picked) => app.show(picked)}
            onMove={(dy, dx) => app.movePixel(dy, dx)}
            onZoom={(next) => app.show({ zoom: clampZoom(next) })}
          />
        )}
      </div>
      <Legend
        name="Output"
        title={signed ? 'RdBu, 0 = grey' : 'viridis'}
        stack={output}
        lut={lut}
        limits={colours.limits(channel)}
        signed={signed}
        chosen={colours.chosen}
        lock={<LockSelect name="the output" />}
        onLimits={colours.setLimits}
        onHighlight={colours.setHighlight}
      />
    </section>
  );
}

/** What the gradients are, and whether they are of this step. */
function GradientNote({ frame, piece }: Pick<Selection, 'frame'> & Pick<ShownMaps, 'piece'>) {
  const isOlder = frame !== undefined && piece !== undefined && piece.step !== frame.step;
  const isMissing = frame?.settled === true && piece === undefined;
  return (
    <p className="pane-row micro" title="The loss is the mean cross-entropy of the probe pictures">
      <span className="ellipsis">
        ∂ loss / ∂ value before the activation
        {isOlder && (
          <b className="is-warn">
            {' '}
            of step {formatStep(piece.step)}: none was logged at step {formatStep(frame.step)}
          </b>
        )}
        {isMissing && <b className="is-warn"> None was logged at step {formatStep(frame.step)}</b>}
      </span>
    </p>
  );
}

function shortName(channel: number): string {
  return String(channel);
}
