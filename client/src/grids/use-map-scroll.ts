/** The scrolling of a grid of maps: shows the pinned pixel, and keeps the place that is looked at when tiles change size. */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { type GridLayout, tileAt, tileCorner } from '../drawing/tile-layout.js';
import { plural } from '../ui/format.js';
import type { Store } from '../ui/store.js';
import type { Size } from '../ui/use-size.js';

export interface Scroll {
  readonly left: number;
  readonly top: number;
}

export interface Cursor {
  /** Undefined: the pixel in whichever map is in view. */
  readonly channel: number | undefined;
  readonly y: number;
  readonly x: number;
}

/** A pixel of a tile, and where in the view it should stay. */
interface Anchor {
  readonly index: number;
  readonly y: number;
  readonly x: number;
  readonly left: number;
  readonly top: number;
}

/** A narrower view has room for a short text only. */
const NARROW = 156;
/** Room that stays free around a pixel that was scrolled to. */
const MARGIN = 24;

export function useMapScroll(props: {
  readonly boxRef: RefObject<HTMLElement | null>;
  readonly layout: GridLayout;
  readonly order: readonly number[];
  readonly view: Size;
  readonly cursor: Cursor;
}) {
  const { boxRef, layout, order, view, cursor } = props;
  const [scroll, setScroll] = useState<Scroll>({ left: 0, top: 0 });
  const before = useRef<{ readonly layout: GridLayout; readonly view: Size }>(undefined);
  const wheelAnchor = useRef<Anchor>(undefined);
  const { channel, y, x } = cursor;
  const isMeasured = view.width > 0 && view.height > 0;

  /** The pixel at a place of the view, in the layout as it was. */
  const anchorAt = (old: GridLayout, left: number, top: number): Anchor | undefined => {
    const box = boxRef.current;
    const found = box === null ? undefined : tileAt(old, box.scrollLeft + left, box.scrollTop + top);
    return found === undefined ? undefined : { ...found, left, top };
  };

  /** Where to scroll to have the pinned pixel in view: where the view is, if it shows it already. */
  const placeFor = (at: GridLayout, room: Size): Scroll | undefined => {
    const box = boxRef.current;
    if (box === null) return undefined;
    const inView = tileAt(at, box.scrollLeft + room.width / 2, box.scrollTop + room.height / 2);
    const index = channel === undefined ? (inView?.index ?? 0) : order.indexOf(channel);
    if (index < 0) return undefined;
    const corner = tileCorner(at, index);
    const { zoom, mapWidth, mapHeight, insetX, insetY } = at;
    return {
      left: towards(box.scrollLeft, room.width, at.width, {
        ...{ tile: corner.x - insetX, tileSize: mapWidth * zoom + insetX },
        ...{ pixel: corner.x + x * zoom, pixelSize: zoom },
      }),
      top: towards(box.scrollTop, room.height, at.height, {
        ...{ tile: corner.y - insetY, tileSize: mapHeight * zoom + insetY },
        ...{ pixel: corner.y + y * zoom, pixelSize: zoom },
      }),
    };
  };

  useLayoutEffect(() => {
    const box = boxRef.current;
    const old = before.current;
    if (box === null || !isMeasured || (old?.layout === layout && isSameSize(old.view, view))) return;
    before.current = { layout, view };
    /** Where the pinned pixel is seen in the new view, if it was seen in the old one. */
    const kept = (was: GridLayout, room: Size): Scroll | undefined => {
      const seen = placeFor(was, room);
      const wasSeen = seen?.left === box.scrollLeft && seen.top === box.scrollTop;
      return wasSeen ? placeFor(layout, view) : undefined;
    };
    if (old?.layout === layout) {
      // The line below the grid has come or gone.
      const next = kept(layout, old.view);
      if (next !== undefined) box.scrollTo(next.left, next.top);
      return;
    }
    const turned = wheelAnchor.current;
    wheelAnchor.current = undefined;
    if (old === undefined || isWhole(layout, view)) return;
    if (old.layout.zoom === layout.zoom) {
      // The pane has another size: the pinned pixel stays in view, or else the first row of the view.
      const next = kept(old.layout, old.view);
      if (next !== undefined) box.scrollTo(next.left, next.top);
      if (next !== undefined || box.scrollTop === 0) return;
    }
    const isZoomed = old.layout.zoom !== layout.zoom;
    const anchor =
      turned ??
      (isZoomed
        ? anchorAt(old.layout, view.width / 2, view.height / 2)
        : anchorAt(old.layout, 0, old.layout.insetY));
    if (anchor === undefined || anchor.index >= layout.count) return;
    const corner = tileCorner(layout, anchor.index);
    box.scrollTo(
      corner.x + (anchor.x + 0.5) * layout.zoom - anchor.left,
      corner.y + (anchor.y + 0.5) * layout.zoom - anchor.top,
    );
  });

  // Only when the pixel is pinned elsewhere or the maps are others, not when they are sorted or resized.
  // biome-ignore lint/correctness/useExhaustiveDependencies: layout and order are those of the time when the pixel moves
  useLayoutEffect(() => {
    if (!isMeasured || isWhole(layout, view)) return;
    const place = placeFor(layout, view);
    if (place !== undefined) boxRef.current?.scrollTo(place.left, place.top);
  }, [channel, y, x, isMeasured, layout.mapHeight, layout.mapWidth, layout.count]);

  const onScroll = useCallback(() => {
    const box = boxRef.current;
    if (box !== null) setScroll({ left: box.scrollLeft, top: box.scrollTop });
  }, [boxRef]);
  /** Call before the zoom changes, with the place of the view that should not move. */
  const keepInPlace = (left: number, top: number): void => {
    wheelAnchor.current = anchorAt(layout, left, top);
  };
  return { scroll, onScroll, keepInPlace };
}

/** Scrolls with all grids that have the same store. Returns what to call when this one was scrolled. */
export function useLinkedScroll(
  boxRef: RefObject<HTMLElement | null>,
  linked: Store<Scroll> | undefined,
  onScroll: () => void,
): () => void {
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (linked === undefined || box === null) return;
    return linked.subscribe(() => {
      const { left, top } = linked.get();
      if (box.scrollLeft !== left || box.scrollTop !== top) box.scrollTo(left, top);
    });
  }, [boxRef, linked]);
  return useCallback(() => {
    onScroll();
    const box = boxRef.current;
    if (linked === undefined || box === null) return;
    const before = linked.get();
    const next = { left: box.scrollLeft, top: box.scrollTop };
    if (before.left !== next.left || before.top !== next.top) linked.set(next);
  }, [boxRef, linked, onScroll]);
}

function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** Whether nothing of the grid is out of view. */
export function isWhole(layout: GridLayout, view: Size): boolean {
  return layout.width <= view.width && layout.height <= view.height;
}

/** Places along one axis of a grid. */
interface Place {
  readonly tile: number;
  readonly tileSize: number;
  readonly pixel: number;
  readonly pixelSize: number;
}

/**
 * The offset nearest to `offset` at which the tile is in view, or of a tile that is larger than the view its pixel. `room`
 * is the size of the view, `total` that of the grid.
 */
function towards(offset: number, room: number, total: number, place: Place): number {
  const hasRoom = place.tileSize <= room;
  const [start, size] = hasRoom ? [place.tile, place.tileSize] : [place.pixel, place.pixelSize];
  const margin = hasRoom ? 0 : Math.min(MARGIN, Math.max(0, (room - size) / 2));
  const [least, most] = [start + size + margin - room, start - margin];
  const next = offset > most ? most : offset < least ? least : offset;
  return Math.max(0, Math.min(total - room, next));
}

/** "2 of 16 maps in view" or "2 of 16 maps, x 0–155 of 300"; undefined when all of them are in view. */
export function textOfView(layout: GridLayout, view: Size, scroll: Scroll): string | undefined {
  if (isWhole(layout, view) || view.height === 0) return undefined;
  const { columns, rows, count, pitchY, insetY, insetX, mapHeight, mapWidth, zoom } = layout;
  const rowTop = (row: number) => row * pitchY + insetY;
  let first = Math.max(0, Math.floor(scroll.top / pitchY));
  if (rowTop(first) + mapHeight * zoom <= scroll.top) first++;
  let last = Math.min(rows - 1, Math.floor((scroll.top + view.height) / pitchY));
  if (rowTop(last) >= scroll.top + view.height) last--;
  const seen = Math.max(0, Math.min(count, (last + 1) * columns) - first * columns);
  if (layout.width <= view.width) return `${seen} of ${plural(count, 'map')} in view`;
  const x0 = Math.max(0, Math.floor((scroll.left - insetX) / zoom));
  const x1 = Math.min(mapWidth - 1, Math.ceil((scroll.left + view.width - insetX) / zoom) - 1);
  // The size of the maps is in the head of the pane, too.
  if (view.width < NARROW) return `${seen} of ${count}, x ${x0}–${x1}`;
  return `${seen} of ${plural(count, 'map')}, x ${x0}–${x1} of ${mapWidth}`;
}
