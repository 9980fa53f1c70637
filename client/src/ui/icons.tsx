/** Stroked icons on a 16×16 grid. Canvases draw the same paths. */
interface Drawing {
  readonly stroke?: string;
  readonly fill?: string;
  readonly width?: number;
}

export const ICONS = {
  play: { fill: 'M5 3.5v9l7.5-4.5z' },
  pause: { stroke: 'M5 3.5v9M11 3.5v9', width: 2.2 },
  previous: { stroke: 'M11.5 3.5 5 8l6.5 4.5zM4 3.5v9' },
  next: { stroke: 'M4.5 3.5 11 8l-6.5 4.5zM12 3.5v9' },
  loop: { stroke: 'M3 8a4 4 0 0 1 4-4h5m0 0-2-2m2 2-2 2M13 8a4 4 0 0 1-4 4H4m0 0 2 2m-2-2 2-2' },
  search: { stroke: 'M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0m-1 3 3.5 3.5' },
  link: {
    stroke:
      'M6.5 9.5 9.5 6.5M7 4.5l1.3-1.3a2.6 2.6 0 0 1 3.7 3.7L10.7 8.2M9 11.5l-1.3 1.3A2.6 2.6 0 0 1 4 9.1l1.3-1.3',
  },
  sun: {
    stroke:
      'M10.8 8a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  },
  moon: { stroke: 'M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z' },
  chevron: { stroke: 'm5 6.5 3 3 3-3' },
  left: { stroke: 'M9.5 4.5 6 8l3.5 3.5' },
  right: { stroke: 'M6.5 4.5 10 8l-3.5 3.5' },
  arrow: { stroke: 'M2.5 8h10.5m-4-4 4 4-4 4' },
  'arrow-left': { stroke: 'M13.5 8H3m4-4-4 4 4 4' },
  dead: { stroke: 'M13 8a5 5 0 1 1-10 0 5 5 0 0 1 10 0M4.5 11.5l7-7' },
  'always-on': { stroke: 'M3 3h10M8 13V6m0 0L5 9m3-3 3 3' },
  duplicate: { stroke: 'M2.5 2.5h8v8h-8zM13.5 6v7.5H6' },
  constant: { stroke: 'M3 6h10M3 10h10' },
  'non-finite': { stroke: 'm4 4 8 8M12 4l-8 8' },
  exploding: { stroke: 'M2.5 13.5c6 0 9-3 10-11M9.5 4.5l3-2 1.5 3.2' },
  check: { stroke: 'm3.5 8.5 3 3 6-7' },
  copy: { stroke: 'M5.5 5.5h8v8h-8zM10.5 2.5h-8v8' },
  panel: { stroke: 'M2.5 3h11v10h-11zM6.5 3v10' },
  menu: { stroke: 'M3 4.5h10M3 8h10M3 11.5h10' },
  warn: { stroke: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3v.1' },
  close: { stroke: 'm4 4 8 8M12 4l-8 8' },
  chart: { stroke: 'M2.5 2.5v11h11M4.8 10.3 7.5 7l2.3 2 3.7-5' },
  pin: { stroke: 'M5.5 2.5h5M6.3 2.5v4L4.5 9h7L9.7 6.5v-4M8 9v4.5' },
  expand: { stroke: 'M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5' },
  download: { stroke: 'M8 2.5v7.5m-3-3 3 3 3-3M3 13h10' },
  picture: { stroke: 'M2.5 3h11v10h-11zM2.5 11l3.5-4 3 3 2-2 2.5 3M10.5 5.8v.1' },
  text: { stroke: 'M3 4h10M3 7h10M3 10h10M3 13h6' },
  more: { fill: 'M2 7h2.2v2.2H2zM6.9 7h2.2v2.2H6.9zM11.8 7H14v2.2h-2.2z' },
  distributions: { stroke: 'M2.5 13.5h11M2.5 11c3 0 3-8.5 5.5-8.5s2.5 8.5 5.5 8.5' },
  hparams: { stroke: 'M3 2.5v11M8 2.5v11M13 2.5v11M3 5l5 5 5-6M3 11l5-6 5 7' },
  list: { stroke: 'M2.5 4h2M7 4h6.5M2.5 8h2M7 8h6.5M2.5 12h2M7 12h6.5' },
  bell: { stroke: 'M4.5 11V7a3.5 3.5 0 0 1 7 0v4l1.2 1.5H3.3zM6.8 14h2.4' },
  grid: { stroke: 'M2.5 2.5h11v11h-11zM6.2 2.5v11M9.8 2.5v11M2.5 6.2h11M2.5 9.8h11' },
  archive: { stroke: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3' },
  columns: { stroke: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10' },
  compare: { stroke: 'M2.5 3h11v10h-11zM8 1.5v13', fill: 'M8 3h5.5v10H8z' },
  swap: { stroke: 'M3 5.5h10m0 0-2.5-2.5M13 5.5 10.5 8M13 10.5H3m0 0L5.5 8M3 10.5 5.5 13' },
  ask: { stroke: 'M2.5 5h2.8l1-1.7h3.4l1 1.7h2.8v8h-11zM10.3 8.8a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0' },
  lab: { stroke: 'M2.5 2.5h11v11h-11zM2.5 8h5.5V2.5', fill: 'M2.5 2.5h5.5v5.5H2.5z' },
} as const satisfies Record<string, Drawing>;

export type IconName = keyof typeof ICONS;

export function Icon({ name, title }: { name: IconName; title?: string }) {
  const drawing: Drawing = ICONS[name];
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      aria-hidden={title === undefined}
      role={title ? 'img' : undefined}
      aria-label={title}
    >
      {drawing.fill && <path d={drawing.fill} fill="currentColor" stroke="none" />}
      {drawing.stroke && <path d={drawing.stroke} strokeWidth={drawing.width} />}
    </svg>
  );
}

/** Draws an icon onto a canvas, its top left corner at (x, y). */
export function strokeIcon(
  context: CanvasRenderingContext2D,
  name: IconName,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  const drawing: Drawing = ICONS[name];
  context.save();
  context.translate(x, y);
  context.scale(size / 16, size / 16);
  context.strokeStyle = colour;
  context.lineWidth = drawing.width ?? 1.7;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  if (drawing.stroke) context.stroke(new Path2D(drawing.stroke));
  context.restore();
}

/** An arrow within text, since the page's font has no arrow glyphs. */
export function Arrow({ left = false }: { left?: boolean }) {
  return (
    <svg className="icon in-text" viewBox="0 0 16 16" role="img" aria-label={left ? 'left' : 'to'}>
      <path d={ICONS[left ? 'arrow-left' : 'arrow'].stroke} />
    </svg>
  );
}

export function BrandMark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <rect x=".5" y=".5" width="17" height="17" fill="none" stroke="var(--text-3)" />
      <path d="M6.5 1v16M11.5 1v16M1 6.5h16M1 11.5h16" stroke="var(--line-strong)" />
      <rect x="6" y="6" width="11" height="11" fill="none" stroke="var(--accent)" strokeWidth="2" />
    </svg>
  );
}
