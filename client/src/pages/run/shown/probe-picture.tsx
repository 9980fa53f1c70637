/** A probe picture in its natural colours, optionally with the receptive field of the pixel. */
import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import type { Window } from '../state/selection.js';
import { drawField } from './draw-field.js';

export function ProbePicture({
  size,
  probe,
  field,
  onPoint,
}: {
  size: number;
  probe?: number;
  field?: Window | undefined;
  /** Called with the pixel of the picture under the pointer. */
  onPoint?: (at: { readonly y: number; readonly x: number } | undefined) => void;
}) {
  const app = useRunPage();
  const { tokens } = usePalette();
  const chosen = useStore(app.view, (view) => view.probe);
  const pictures = useStoreValue(app.frames.pictures);
  const index = probe ?? chosen;
  const picture = pictures[index];
  const canvasRef = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas ? fitCanvas(canvas, size, size) : undefined;
    if (context === undefined) return;
    if (picture === undefined) {
      context.fillStyle = tokens.well;
      context.fillRect(0, 0, size, size);
      return;
    }
    const zoom = size / Math.max(picture.width, picture.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, picture.width * zoom, picture.height * zoom);
    if (field !== undefined) drawField(context, field, zoom, size);
  }, [picture, size, field, tokens]);
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (picture === undefined) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const zoom = size / Math.max(picture.width, picture.height);
    const y = Math.floor((event.clientY - bounds.top) / zoom);
    const x = Math.floor((event.clientX - bounds.left) / zoom);
    const isIn = y >= 0 && x >= 0 && y < picture.height && x < picture.width;
    onPoint?.(isIn ? { y, x } : undefined);
  };
  return (
    <canvas
      ref={canvasRef}
      aria-hidden="true"
      {...(onPoint === undefined
        ? {}
        : { onPointerMove: point, onPointerLeave: () => onPoint(undefined), 'data-probe-picture': true })}
    />
  );
}
