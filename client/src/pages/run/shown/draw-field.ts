import type { Window } from '../state/selection.js';

/** Darkens a picture outside of a receptive field, and outlines the field: visible on any picture. */
export function drawField(
  context: CanvasRenderingContext2D,
  field: Window,
  zoom: number,
  pictureWidth: number,
  pictureHeight: number,
): void {
  const x = field.x0 * zoom;
  const y = field.y0 * zoom;
  const width = (field.x1 - field.x0 + 1) * zoom;
  const height = (field.y1 - field.y0 + 1) * zoom;
  context.fillStyle = 'rgb(0 0 0 / .5)';
  context.beginPath();
  context.rect(0, 0, pictureWidth, pictureHeight);
  context.rect(x, y, width, height);
  context.fill('evenodd');
  context.lineWidth = 1;
  context.strokeStyle = '#000';
  context.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3);
  context.strokeStyle = '#fff';
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}
