import { type RefObject, useCallback, useEffect } from 'react';
import { panSpan, windowOf, zoomSpan } from '../../../charts/span.js';
import type { StripChart } from '../../../charts/strip-chart.js';
import type { Part } from '../../../series/pixel-columns.js';
import { useRunPage } from '../run-page-context.js';

/** One notch of a wheel (100 pixels) zooms by 1.5. */
const ZOOM_BASE = 1.5 ** (1 / 100);
const LINE_PIXELS = 33;

function inPixels({ deltaX, deltaY, deltaMode }: WheelEvent): { deltaX: number; deltaY: number } {
  const unit = deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
  return { deltaX: deltaX * unit, deltaY: deltaY * unit };
}

/** Zooms and moves the window with the wheel over the strip. Returns what zooms it at a step. */
export function useStripZoom(
  overlayRef: RefObject<HTMLCanvasElement | null>,
  chart: StripChart | undefined,
  axis: Part,
): (at: number, factor: number) => void {
  const app = useRunPage();
  const zoom = useCallback(
    (at: number, factor: number) => {
      app.show({ span: zoomSpan(app.view.get().span, axis, at, factor) });
    },
    [app, axis],
  );
  useEffect(() => {
    const overlay = overlayRef.current;
    if (overlay === null || chart === undefined) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) return;
      const { deltaX, deltaY } = inPixels(event);
      const sideways = event.shiftKey ? deltaX || deltaY : deltaX;
      const shown = app.view.get().span;
      const { left, right } = chart.area;
      if (Math.abs(sideways) >= Math.abs(deltaY) || event.shiftKey) {
        if (shown === undefined) return;
        const part = windowOf(shown, axis);
        const by = (sideways / (right - left)) * (part.last - part.first);
        app.show({ span: panSpan(shown, axis, by) });
      } else zoom(chart.stepAt(event.clientX - overlay.getBoundingClientRect().left), ZOOM_BASE ** deltaY);
      event.preventDefault();
    };
    // React adds passive wheel listeners, which cannot prevent the page from scrolling.
    overlay.addEventListener('wheel', onWheel, { passive: false });
    return () => overlay.removeEventListener('wheel', onWheel);
  }, [app, overlayRef, chart, axis, zoom]);
  return zoom;
}
