/** A probe picture in its natural colours, optionally with the receptive field of the pixel. */
import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import type { Window } from '../state/selection.js';

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
    if (field === undefined) return;
    const x = field.x0 * zoom;
    const y = field.y0 * zoom;
    const width = (field.x1 - field.x0 + 1) * zoom;
    const height = (field.y1 - field.y0 + 1) * zoom;
    context.fillStyle = 'rgb(0 0 0 / .5)';
    context.beginPath();
    context.rect(0, 0, size, size);
    context.rect(x, y, width, height);
    context.fill('evenodd');
    context.lineWidth = 1;
    context.strokeStyle = '#000';
    context.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
    context.strokeStyle = '#fff';
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
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
