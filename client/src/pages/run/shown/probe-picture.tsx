/** A probe picture in its natural colours, optionally with the receptive field of the pixel. */
import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import type { Window } from '../state/selection.js';
import { drawField } from './draw-field.js';

/** Of the shown picture, whose longer side is `size`; a square where there is none yet. */
function sidesOf(picture: { readonly width: number; readonly height: number } | undefined, size: number) {
  if (picture === undefined) return [size, size] as const;
  const zoom = size / Math.max(picture.width, picture.height);
  return [picture.width * zoom, picture.height * zoom] as const;
}

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
    const [width, height] = sidesOf(picture, size);
    const context = canvas ? fitCanvas(canvas, width, height) : undefined;
    if (context === undefined) return;
    if (picture === undefined) {
      context.fillStyle = tokens.well;
      context.fillRect(0, 0, size, size);
      return;
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, 0, 0, width, height);
    const zoom = width / picture.width;
    if (field !== undefined) drawField(context, field, zoom, width, height);
  }, [picture, size, field, tokens]);
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (picture === undefined) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const zoom = sidesOf(picture, size)[0] / picture.width;
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
