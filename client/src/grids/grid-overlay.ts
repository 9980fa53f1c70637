/** What is drawn around the maps of a grid: numbers, badges, the ring of the selected map, and the outlined pixel. */

import { fitCanvas } from '../drawing/canvas.js';
import type { MapStack } from '../drawing/map-stack.js';
import { drawMark, type Mark } from '../drawing/mark.js';
import { drawSigns, MOST_SIGNS } from '../drawing/signs.js';
import { type LayoutRequest, type TileLayout, tileCorner } from '../drawing/tile-layout.js';
import { type IconName, strokeIcon } from '../ui/icons.js';
import type { TokenName, Tokens } from '../ui/tokens.js';
import type { Scroll } from './use-map-scroll.js';

/** A sign at the corner of a tile, and the token of its colour. */
export interface Badge {
  readonly icon: IconName;
  readonly token: TokenName;
}

export interface GridOverlay {
  readonly layout: TileLayout;
  /** For the signs on NaN and infinities. */
  readonly stack: MapStack | undefined;
  readonly order: readonly number[];
  readonly scroll: Scroll;
  readonly viewWidth: number;
  readonly viewHeight: number;
  readonly labels: LayoutRequest['label'];
  readonly nameOf: (channel: number) => string;
  readonly badgeOf: ((channel: number) => Badge | undefined) | undefined;
  readonly selected: number | undefined;
  readonly mark: Mark | undefined;
  readonly strongMark: boolean;
  readonly spot: { readonly channel: number; readonly y: number; readonly x: number } | undefined;
  /** A line at the left of this column of every map. */
  readonly divider: number | undefined;
  readonly dim: ((channel: number) => boolean) | undefined;
  readonly tokens: Tokens;
}

/** The overlay extends 3 pixels beyond the grid on both sides, for the selection ring. */
const MARGIN = 3;

/** On tiles of a few pixels, marks in all of them would hide the maps: a mark takes at most this part of a tile. */
const MARKED_PART = { weak: 1 / 4, strong: 1 / 2 };

function hasRoomForMark({ zoom, mapWidth, mapHeight }: TileLayout, mark: Mark, isStrong: boolean): boolean {
  const side = Math.max(mark.x1 - mark.x0, mark.y1 - mark.y0) + 1;
  const part = isStrong ? MARKED_PART.strong : MARKED_PART.weak;
  return zoom >= 3 || side * zoom + 4 <= Math.max(mapWidth, mapHeight) * zoom * part;
}

export function drawGridOverlay(canvas: HTMLCanvasElement, overlay: GridOverlay): void {
  const { layout, order, scroll, viewHeight, viewWidth, labels, selected, mark, tokens } = overlay;
  const context = fitCanvas(canvas, viewWidth + 2 * MARGIN, viewHeight + MARGIN);
  if (context === undefined) return;
  context.translate(MARGIN - scroll.left, -scroll.top);
  const width = layout.mapWidth * layout.zoom;
  const height = layout.mapHeight * layout.zoom;
  const firstRow = Math.max(0, Math.floor(scroll.top / layout.pitchY));
  const lastRow = Math.min(layout.rows - 1, Math.floor((scroll.top + viewHeight) / layout.pitchY));
  // Numbers that do not fit side by side would overlap.
  context.textBaseline = 'alphabetic';
  const hasRoom = mark !== undefined && hasRoomForMark(layout, mark, overlay.strongMark);
  let signs = MOST_SIGNS;
  let isBold: boolean | undefined;
  for (
    let index = firstRow * layout.columns;
    index < Math.min(order.length, (lastRow + 1) * layout.columns);
    index++
  ) {
    const channel = order[index]!;
    const { x, y } = tileCorner(layout, index);
    const isSelected = channel === selected;
    context.globalAlpha = overlay.dim?.(channel) ? 0.25 : 1;
    if (overlay.stack !== undefined && signs > 0)
      signs -= drawSigns(context, overlay.stack, channel, x, y, layout.zoom, signs);
    if (labels !== 'none') {
      // Setting a font takes longer than drawing a number.
      if (isBold !== isSelected) context.font = `${isSelected ? 600 : 400} 11px ${tokens.font}`;
      isBold = isSelected;
      context.fillStyle = isSelected ? tokens.text : tokens['text-3'];
    }
    const badge = labels === 'none' ? undefined : overlay.badgeOf?.(channel);
    if (labels === 'above') {
      const room = width - (badge === undefined ? 0 : 14);
      const text = overlay.nameOf(channel);
      // Of a name that does not fit, at least the number.
      const [number = ''] = text.split(' ');
      const shown = [text, number].find((one) => context.measureText(one).width <= Math.max(room, 14));
      if (shown !== undefined) context.fillText(shown, x, y - 4);
      if (badge !== undefined) drawBadge(context, badge, x + width - 12, y - 14, tokens);
    } else if (labels === 'left') {
      context.textAlign = 'right';
      context.fillText(overlay.nameOf(channel).split(' ')[0] ?? '', x - 5, y + 9);
      context.textAlign = 'left';
      if (badge !== undefined) drawBadge(context, badge, x - 17, y + 14, tokens);
    }
    if (overlay.divider !== undefined) {
      context.fillStyle = tokens.accent;
      context.fillRect(x + overlay.divider * layout.zoom - 1, y, 2, height);
    }
    if (isSelected) {
      context.strokeStyle = tokens.accent;
      context.lineWidth = 2;
      // The first row has no room above it where tiles have no number there.
      const above = Math.min(1, y);
      context.strokeRect(x - 1, y - above, width + 2, height + 1 + above);
    }
    const { strongMark } = overlay;
    if (mark !== undefined && (isSelected || hasRoom))
      drawMark(context, mark, x, y, layout, isSelected || strongMark);
    const { spot } = overlay;
    if (spot?.channel === channel) {
      drawMark(context, { y0: spot.y, y1: spot.y, x0: spot.x, x1: spot.x }, x, y, layout, true);
      context.strokeStyle = tokens.accent;
      context.lineWidth = 2;
      context.strokeRect(
        x + spot.x * layout.zoom - 2,
        y + spot.y * layout.zoom - 2,
        layout.zoom + 4,
        layout.zoom + 4,
      );
    }
  }
  context.globalAlpha = 1;
}

function drawBadge(
  context: CanvasRenderingContext2D,
  { icon, token }: Badge,
  x: number,
  y: number,
  tokens: Tokens,
): void {
  strokeIcon(context, icon, x, y, 11, tokens[token]);
}
