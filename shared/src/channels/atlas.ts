/** An atlas is a picture of all channels: one tile per channel, row by row, without borders. */

export interface AtlasLayout {
  /** Tiles per row, and rows of tiles. */
  readonly columns: number;
  readonly rows: number;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** The layout closest to a square. Of equal ones, that with fewer empty tiles, then that with more columns. */
export function atlasLayout(channels: number, height: number, width: number): AtlasLayout {
  let best: AtlasLayout | undefined;
  let bestShape = Number.POSITIVE_INFINITY;
  // The best number of columns is within one of √(channels · height / width).
  const ideal = Math.sqrt((channels * height) / width);
  const first = Math.max(1, Math.floor(ideal) - 1);
  const last = Math.min(Math.max(1, channels), Math.ceil(ideal) + 1);
  for (let columns = Math.min(first, last); columns <= last; columns++) {
    const rows = Math.ceil(channels / columns);
    const layout = { columns, rows, width: columns * width, height: rows * height };
    // Compare the longer side, then the number of tiles.
    const shape = Math.max(layout.width, layout.height) + (columns * rows) / (channels * 1000 + 1);
    if (shape <= bestShape) {
      best = layout;
      bestShape = shape;
    }
  }
  return best ?? { columns: 1, rows: 1, width, height };
}

/** Packs the maps [channel, y, x] of one picture into an atlas of row-major grey pixels. Empty tiles are 0. */
export function packAtlas(
  codes: Uint8Array,
  channels: number,
  height: number,
  width: number,
  columns: number,
): Uint8Array<ArrayBuffer> {
  const rows = Math.ceil(channels / columns);
  const atlasWidth = columns * width;
  const pixels = new Uint8Array(atlasWidth * rows * height);
  let from = 0;
  for (let channel = 0; channel < channels; channel++) {
    let to = Math.floor(channel / columns) * height * atlasWidth + (channel % columns) * width;
    for (let y = 0; y < height; y++, from += width, to += atlasWidth) {
      for (let x = 0; x < width; x++) pixels[to + x] = codes[from + x]!;
    }
  }
  return pixels;
}

/** Unpacks the maps [channel, y, x] of an atlas. */
export function unpackAtlas(
  pixels: Uint8Array,
  channels: number,
  height: number,
  width: number,
  columns: number,
): Uint8Array<ArrayBuffer> {
  const atlasWidth = columns * width;
  const needed = atlasWidth * Math.ceil(channels / columns) * height;
  if (pixels.length !== needed) {
    throw new Error(
      `An atlas of ${channels} maps of ${height}×${width} has ${needed} pixels; this one has ${pixels.length}.`,
    );
  }
  const codes = new Uint8Array(channels * height * width);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    let from = Math.floor(channel / columns) * height * atlasWidth + (channel % columns) * width;
    for (let y = 0; y < height; y++, from += atlasWidth, to += width) {
      for (let x = 0; x < width; x++) codes[to + x] = pixels[from + x]!;
    }
  }
  return codes;
}
