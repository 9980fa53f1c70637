/** A card as a file: a picture with its title and legend, as PNG or SVG. */
import { withoutTurns } from '@convscope/shared/printable.js';
import type { LineChart } from '../../charts/line-chart.js';
import type { Point } from '../../series/pixel-columns.js';
import type { Tokens } from '../../ui/tokens.js';
import type { CardDrawing } from './card-drawing.js';
import { drawAxes } from './card-overlay.js';

const TITLE_HEIGHT = 30;
const ROW_HEIGHT = 18;
const MARGIN = 12;
/** Between the entries of the legend. */
const GAP = 20;
const KEY_WIDTH = 16;

export interface CardPicture {
  readonly title: string;
  readonly drawing: CardDrawing;
  readonly chart: Pick<LineChart<'values'>, 'xOf' | 'yOf' | 'area'>;
  readonly tokens: Tokens;
  readonly width: number;
  readonly height: number;
  readonly textWidth: (text: string) => number;
}

interface LegendEntry {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
}

interface Layout {
  readonly title: string;
  readonly entries: readonly LegendEntry[];
  readonly height: number;
}

/** The title as it is written, and the legend below the plot, in rows as wide as the card. */
function layoutOf({ title, drawing, width, height, textWidth }: CardPicture): Layout {
  const entries: LegendEntry[] = [];
  let x = MARGIN;
  let y = TITLE_HEIGHT + height + ROW_HEIGHT;
  for (const { source } of drawing.curves) {
    const text = withoutTurns(source.label);
    const entryWidth = KEY_WIDTH + 6 + textWidth(text);
    if (x > MARGIN && x + entryWidth > width - MARGIN) {
      x = MARGIN;
      y += ROW_HEIGHT;
    }
    entries.push({ x, y, text, colour: source.colour, dash: source.dash });
    x += entryWidth + GAP;
  }
  return { title: withoutTurns(title), entries, height: y + MARGIN };
}

/** What is on the axes, for somebody who sees the picture alone. */
function subtitleOf({ drawing: { look, curves } }: CardPicture): string {
  const axis = { step: 'step', relative: 'time since the start', wall: 'wall time' }[look.x];
  const smoothed = curves.filter((curve) => curve.isSmoothed).length;
  if (smoothed === 0) return axis;
  const which = smoothed < curves.length ? ` of ${smoothed} of ${curves.length} curves` : '';
  return `${axis}, smoothing ${look.weight}${which}`;
}

/** @param lines the canvas that the lines were drawn on */
export function pngOf(picture: CardPicture, lines: HTMLCanvasElement): Promise<Blob> {
  const { drawing, chart, tokens, width } = picture;
  const { title, entries, height } = layoutOf(picture);
  const ratio = lines.width / Math.max(1, width);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return Promise.reject(new Error('This browser gives no canvas to draw on.'));
  context.scale(ratio, ratio);
  context.fillStyle = tokens.bg;
  context.fillRect(0, 0, width, height);
  context.drawImage(lines, 0, TITLE_HEIGHT, width, lines.height / ratio);
  context.save();
  context.translate(0, TITLE_HEIGHT);
  drawAxes(context, { chart, drawing, tokens, width });
  context.restore();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = tokens.text;
  context.font = `500 13px ${tokens.font}`;
  context.fillText(title, MARGIN, TITLE_HEIGHT / 2);
  const titleWidth = context.measureText(title).width;
  context.font = `400 11px ${tokens.font}`;
  context.fillStyle = tokens['text-3'];
  context.fillText(subtitleOf(picture), MARGIN + titleWidth + 10, TITLE_HEIGHT / 2);
  for (const { x, y, text, colour, dash } of entries) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash([...(dash ?? [])]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + KEY_WIDTH, y);
    context.stroke();
    context.fillStyle = tokens.text;
    context.fillText(text, x + KEY_WIDTH + 6, y);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The browser could not write the picture.'));
      else resolve(blob);
    }, 'image/png');
  });
}

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // XML has no place for most control characters.
  return text.replace(/[&<>"]/g, (sign) => signs[sign] ?? '').replace(/\p{Cc}/gu, '�');
}

const rounded = (value: number) => String(Math.round(value * 100) / 100);

/** The picture as text: lines stay lines, which can be edited. */
export function svgOf(picture: CardPicture): string {
  const { drawing, chart, tokens, width } = picture;
  const { title, entries, height } = layoutOf(picture);
  const { left, right, top, bottom } = chart.area;
  const place = ({ x, y }: Point) => `${rounded(chart.xOf(x))} ${rounded(chart.yOf('values', y))}`;
  const path = (points: readonly Point[]): string => {
    let text = '';
    let isOpen = false;
    for (const point of points) {
      if (Number.isFinite(point.y)) text += `${isOpen ? 'L' : 'M'}${place(point)}`;
      isOpen = Number.isFinite(point.y);
    }
    return text;
  };
  const label = (x: number, y: number, anchor: string, text: string, fill = tokens['text-3']) =>
    `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}" dominant-baseline="central" fill="${fill}">${escaped(text)}</text>`;
  const dashOf = (dash: readonly number[] | undefined) =>
    dash === undefined || dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  const parts = [
    ...drawing.yTicks.map(({ value, text }) => {
      const y = chart.yOf('values', value);
      return `<path d="M${rounded(left)} ${rounded(y)}H${rounded(right)}" stroke="${tokens.line}"/>${label(left - 6, y, 'end', text)}`;
    }),
    ...drawing.xTicks.map(({ value, text }) => label(chart.xOf(value), bottom + 11, 'middle', text)),
    `<path d="M${rounded(left)} ${rounded(bottom)}H${rounded(right)}" stroke="${tokens['line-strong']}"/>`,
    `<clipPath id="plot"><rect x="${rounded(left)}" y="${rounded(top)}" width="${rounded(right - left)}" height="${rounded(bottom - top)}"/></clipPath>`,
    '<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">',
    ...drawing.bands.map(
      ({ lower, upper, colour, alpha }) =>
        `<path d="M${[...upper, ...[...lower].reverse()].map(place).join('L')}Z" fill="${colour}" fill-opacity="${alpha}"/>`,
    ),
    ...[...drawing.lines]
      .sort((a, b) => Number(b.isBehind ?? false) - Number(a.isBehind ?? false))
      .flatMap(({ points, colour, width: stroke, alpha, dash, dots }) => [
        `<path d="${path(points)}" stroke="${colour}" stroke-width="${stroke}" stroke-opacity="${alpha}"${dashOf(dash)}/>`,
        ...(dots === true
          ? points
              .filter(({ y }) => Number.isFinite(y))
              .map(
                (point) =>
                  `<circle cx="${rounded(chart.xOf(point.x))}" cy="${rounded(chart.yOf('values', point.y))}" r="2" fill="${colour}"/>`,
              )
          : []),
      ]),
    ...drawing.nonFinite.map(({ x, minus }) => {
      const at = rounded(chart.xOf(x));
      return `<path d="M${at} ${rounded(minus > 0 ? bottom - 6 : top)}v6" stroke="${tokens.nan}" stroke-width="2"/>`;
    }),
    '</g>',
  ];
  const legend = entries.map(
    ({ x, y, text, colour, dash }) =>
      `<path d="M${rounded(x)} ${rounded(y)}h${KEY_WIDTH}" stroke="${colour}" stroke-width="2"${dashOf(dash)}/>${label(x + KEY_WIDTH + 6, y, 'start', text, tokens.text)}`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${rounded(height)}" viewBox="0 0 ${width} ${rounded(height)}" font-family="${escaped(tokens.font)}" font-size="11">`,
    `<rect width="100%" height="100%" fill="${tokens.bg}"/>`,
    `<text x="${MARGIN}" y="${TITLE_HEIGHT / 2}" dominant-baseline="central" font-size="13" font-weight="500" fill="${tokens.text}"><tspan unicode-bidi="isolate">${escaped(title)}</tspan> <tspan font-size="11" font-weight="400" fill="${tokens['text-3']}">${escaped(subtitleOf(picture))}</tspan></text>`,
    `<g transform="translate(0 ${TITLE_HEIGHT})">`,
    ...parts,
    '</g>',
    ...legend,
    '</svg>',
  ].join('\n');
}
