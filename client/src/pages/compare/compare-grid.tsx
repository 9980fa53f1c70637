/** A grid of the page: it scrolls, zooms and marks the same place as the others. */

import { useCallback, useMemo } from 'react';
import type { Limits, LutName } from '../../drawing/lut.js';
import type { MapStack } from '../../drawing/map-stack.js';
import { clampZoom } from '../../drawing/tile-layout.js';
import { MapGrid, type MapPlace } from '../../grids/map-grid.js';
import { useStoreValue } from '../../ui/store.js';
import { showTip } from '../../ui/tooltip.js';
import { useNarrow } from '../../ui/use-size.js';
import { useCompare, useView } from './compare-context.js';
import { type Comparison, partnerOf, valuesAt } from './comparison.js';
import { kernelPlaceAt } from './kernel-tiles.js';
import { channelName } from './stage.js';
import { differenceText, valueText } from './texts.js';
import { usePlace } from './use-place.js';
import { useSides } from './use-sides.js';

export interface CompareGridProps {
  readonly name: 'a' | 'b' | 'difference' | 'blink' | 'swipe';
  readonly label: string;
  readonly comparison: Comparison;
  readonly stack: MapStack | undefined;
  readonly order: readonly number[];
  readonly lut: LutName;
  readonly limits: (channel: number) => Limits;
  readonly nameOf: (channel: number) => string;
  readonly divider?: number;
  /** Called with the column of the maps that the pointer moves to. */
  readonly onColumn?: (x: number) => void;
}

/** "out 4, y 10, x 13", "in 2 to out 4, ky 1, kx 0" */
export function placeText(
  { kernels, stage }: Pick<Comparison, 'kernels' | 'stage'>,
  { channel, y, x }: MapPlace,
): string {
  if (kernels === undefined) return `${channelName(stage, channel)}, y ${y}, x ${x}`;
  const { input, ky, kx } = kernelPlaceAt(kernels, y, x);
  return `in ${input} to out ${channel}, ky ${ky}, kx ${kx}`;
}

export function CompareGrid(props: CompareGridProps) {
  const app = useCompare();
  const narrow = useNarrow();
  const { name, comparison, stack, order, onColumn } = props;
  const selected = useView((view) => view.channel);
  const zoom = useView((view) => view.zoom);
  const isPinned = useView((view) => view.y !== undefined);
  const scale = useView((view) => view.scale);
  const place = usePlace(comparison);
  const highlight = useStoreValue(name === 'difference' ? app.differenceHighlight : app.highlight);
  const { step, tag, layer } = useSides(name === 'a' ? 'a' : 'b', comparison.stage);
  const shape = stack?.shape ?? comparison.a?.shape ?? [0, 1, 1];
  const [, height, width] = shape;
  const facts = useMemo(() => ({ tag, layer, step, lock: scale }), [tag, layer, step, scale]);
  const { kernels } = comparison;
  // Of kernels, the whole kernel that the weight belongs to.
  const mark = useMemo(() => {
    const { y, x } = place;
    if (kernels === undefined) return { y0: y, y1: y, x0: x, x1: x };
    const [high, wide] = kernels.kernel;
    const [y0, x0] = [y - (y % high), x - (x % wide)];
    return { y0, y1: y0 + high - 1, x0, x1: x0 + wide - 1 };
  }, [place, kernels]);
  const spot = useMemo(
    () => (place.isHovered ? { channel: place.channel, y: place.y, x: place.x } : undefined),
    [place],
  );
  const onHover = useCallback(
    (at: MapPlace | undefined, pointer: { readonly x: number; readonly y: number }) => {
      const before = app.hover.get();
      if (at === undefined) {
        app.hover.set(undefined);
        showTip(undefined);
        return;
      }
      const isSame = before?.channel === at.channel && before.y === at.y && before.x === at.x;
      if (!isSame) {
        app.hover.set(at);
        onColumn?.(at.x);
      }
      showTip({ ...tipOf(comparison, at), ...pointer });
    },
    [app, comparison, onColumn],
  );
  const pinnedAt = { channel: selected, y: place.y, x: place.x };
  const text = useMemo(() => {
    const { value, place: where, rows } = tipOf(comparison, place);
    return `${where}: B − A ${value}, ${rows.map(([side, one]) => `${side} ${one}`).join(', ')}`;
  }, [comparison, place]);
  // On a phone three columns fill the width; larger maps are reduced.
  const side = Math.max(height, width);
  const shownZoom = zoom ?? (narrow && side <= 96 ? Math.floor(96 / side) : undefined);
  return (
    <div className="compare-grid">
      <MapGrid
        name={name}
        label={`${props.label}. Arrow keys move the pixel, J and K the channel`}
        cellText={text}
        stack={stack}
        mapSize={[height, width]}
        order={order}
        lut={props.lut}
        limits={props.limits}
        highlight={highlight}
        zoom={shownZoom}
        // A pixel of a reduced map of kernels would stand for weights of several of them.
        reduces={kernels === undefined}
        labels="above"
        nameOf={props.nameOf}
        selected={selected}
        cursor={isPinned && !place.isHovered ? pinnedAt : { channel: selected, y: 0, x: 0 }}
        mark={stack === undefined ? undefined : mark}
        spot={spot}
        linked={app.scroll}
        divider={props.divider}
        facts={facts}
        onHover={onHover}
        onPick={(picked) => app.show(picked, 'push')}
        onMove={(dy, dx) => app.movePixel(dy, dx)}
        onZoom={(next) => app.show({ zoom: clampZoom(next) })}
      />
    </div>
  );
}

/** The values of both sides and their difference, for the tooltip. */
function tipOf(comparison: Comparison, at: MapPlace) {
  const { a, b, difference } = valuesAt(comparison, at.channel, at.y, at.x);
  const partner = partnerOf(comparison, at.channel);
  const ofB = comparison.match === undefined ? 'B' : `B, out ${partner ?? 'none'}`;
  return {
    value: difference === undefined ? 'not compared' : differenceText(difference),
    place: placeText(comparison, at),
    rows: [
      ['A', a === undefined ? 'none' : valueText(a)],
      [ofB, b === undefined ? 'none' : valueText(b)],
    ] as const,
  };
}
