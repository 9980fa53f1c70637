/** Zooming and panning of the kernel matrix: the wheel zooms at the pointer, dragging pans. */
import {
  type PointerEvent,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Scroll } from '../../../grids/use-map-scroll.js';
import type { Size } from '../../../ui/use-size.js';
import { useWheel } from '../../../ui/use-wheel.js';
import { HEAD, type KernelShape, LARGEST_ZOOM, matrixAt, zoomToFit } from './kernel-matrix-layout.js';

/** The turn of a wheel's notch; a touchpad reports many smaller ones. */
const NOTCH = 60;
/** A press that moves less is a click. */
const CLICK_PIXELS = 4;

/** A place of the matrix, in kernels, and where in the view it should stay. */
interface Anchor {
  readonly column: number;
  readonly row: number;
  readonly left: number;
  readonly top: number;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly scroll: Scroll;
}

export function useMatrixZoom(props: {
  readonly boxRef: RefObject<HTMLElement | null>;
  readonly shape: KernelShape;
  readonly view: Size;
  readonly column: number;
  readonly row: number | undefined;
  /** The zoom that was chosen; undefined: as large as fits. */
  readonly chosen: number | undefined;
  readonly choose: (zoom: number | undefined) => void;
}) {
  const { boxRef, shape, view, column, row, chosen, choose } = props;
  const [scroll, setScroll] = useState<Scroll>({ left: 0, top: 0 });
  const [isPanning, setPanning] = useState(false);
  const drag = useRef<Drag>(undefined);
  const panned = useRef(false);
  const turned = useRef(0);
  const anchor = useRef<Anchor>(undefined);
  const fitting = zoomToFit(shape, view.width);
  const zoom = chosen ?? fitting;
  const [out, perGroup, height, width] = shape;
  const layout = useMemo(
    () => matrixAt([out, perGroup, height, width], zoom),
    [out, perGroup, height, width, zoom],
  );

  /** The zoom that was asked for last: several turns of a wheel may come before the next one is drawn. */
  const asked = useRef(zoom);
  useLayoutEffect(() => {
    asked.current = zoom;
  }, [zoom]);
  const zoomAt = (by: number, left: number, top: number): void => {
    const box = boxRef.current;
    if (box === null) return;
    anchor.current = {
      column: (box.scrollLeft + left - layout.side) / layout.pitchX,
      row: (box.scrollTop + top - HEAD) / layout.pitchY,
      left,
      top,
    };
    asked.current = Math.max(fitting, Math.min(LARGEST_ZOOM, asked.current + by));
    choose(asked.current === fitting ? undefined : asked.current);
  };
  useWheel(boxRef, (event) => {
    const box = boxRef.current?.getBoundingClientRect();
    // Shift turns the wheel sideways, which scrolls.
    if (box === undefined || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    const isOut = event.deltaY > 0;
    // At its ends the wheel scrolls the pane.
    if (isOut ? asked.current <= fitting : asked.current >= LARGEST_ZOOM) return;
    event.preventDefault();
    turned.current += event.deltaY * (event.deltaMode === 1 ? 20 : 1);
    if (Math.abs(turned.current) < NOTCH) return;
    turned.current = 0;
    zoomAt(isOut ? -1 : 1, event.clientX - box.left, event.clientY - box.top);
  });
  useLayoutEffect(() => {
    const kept = anchor.current;
    anchor.current = undefined;
    if (kept === undefined) return;
    boxRef.current?.scrollTo(
      kept.column * layout.pitchX + layout.side - kept.left,
      kept.row * layout.pitchY + HEAD - kept.top,
    );
  }, [boxRef, layout]);

  const isMeasured = view.width > 0;
  // Only when another channel is chosen, and not while the user scrolls elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: layout and view are those of the time of the choice
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (box === null || !isMeasured) return;
    const left = column * layout.pitchX;
    box.scrollLeft = inView(box.scrollLeft, view.width - layout.side, left, layout.pitchX);
    if (row === undefined) return;
    box.scrollTop = inView(box.scrollTop, view.height - HEAD, row * layout.pitchY, layout.pitchY);
  }, [column, row, isMeasured, shape.join()]);

  const onScroll = useCallback(() => {
    const box = boxRef.current;
    if (box !== null) setScroll({ left: box.scrollLeft, top: box.scrollTop });
  }, [boxRef]);
  const zoomBy = (by: number): void => {
    const left = layout.side + (column + 0.5) * layout.pitchX - scroll.left;
    zoomAt(by, Math.max(layout.side, Math.min(view.width, left)), view.height / 2);
  };
  return {
    layout,
    scroll,
    onScroll,
    zoomBy,
    fit: () => choose(undefined),
    isPanning,
    onPointerDown(event: PointerEvent<HTMLElement>): void {
      panned.current = false;
      // A finger pans by itself.
      if (event.button !== 0 || event.pointerType === 'touch') return;
      drag.current = { x: event.clientX, y: event.clientY, scroll };
    },
    /** Whether the movement pans. */
    onPointerMove(event: PointerEvent<HTMLElement>): boolean {
      const start = drag.current;
      if (start === undefined || event.buttons === 0) return false;
      const [x, y] = [event.clientX - start.x, event.clientY - start.y];
      if (!panned.current && Math.hypot(x, y) < CLICK_PIXELS) return true;
      if (!panned.current) {
        event.currentTarget.setPointerCapture(event.pointerId);
        panned.current = true;
        setPanning(true);
      }
      event.currentTarget.scrollTo(start.scroll.left - x, start.scroll.top - y);
      return true;
    },
    onPointerUp(): void {
      drag.current = undefined;
      setPanning(false);
    },
    /** Whether the press that ends with this click has panned. */
    hasPanned: (): boolean => panned.current,
  };
}

/** Room beside a channel that is scrolled to, for its number. */
const MARGIN = 12;

/** The offset nearest to `offset` at which `size` pixels from `start` are in view. */
function inView(offset: number, room: number, start: number, size: number): number {
  if (start - MARGIN < offset) return start - MARGIN;
  return start + size + MARGIN > offset + room ? start + size + MARGIN - room : offset;
}
