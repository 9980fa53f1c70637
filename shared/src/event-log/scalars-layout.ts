/**
 * Reads a Layout (tensorboard/plugins/custom_scalar/layout.proto): which scalars are drawn together, as torch's and tensorboardX's
 * `add_custom_scalars` and TensorBoard's own summary write it. It is the string of a value of the plugin `custom_scalars`.
 */
import { LAYOUT_CATEGORIES, LAYOUT_CHARTS, LAYOUT_SERIES, LAYOUT_TITLE_BYTES, TAG_BYTES } from './limits.js';
import { readStrings } from './plugin-strings.js';
import { BYTES, MalformedEventError, VARINT, WireReader } from './wire-reader.js';

/** A value within a margin: three tags. */
export interface Margin {
  readonly value: string;
  readonly lower: string;
  readonly upper: string;
}

export interface LayoutChart {
  readonly title: string;
  /** Regular expressions for tags, which match from their beginning on. Empty in a chart of margins. */
  readonly patterns: readonly string[];
  readonly margins: readonly Margin[];
}

export interface LayoutCategory {
  readonly title: string;
  readonly charts: readonly LayoutChart[];
  /** Whether it is closed at first. */
  readonly isClosed: boolean;
}

export type ScalarsLayout = readonly LayoutCategory[];

const LAYOUT = { category: 2 } as const;
const CATEGORY = { title: 1, chart: 2, closed: 3 } as const;
const CHART = { title: 1, multiline: 2, margin: 3 } as const;
const MULTILINE = { tag: 1 } as const;
const MARGIN = { series: 1 } as const;
const SERIES = { value: 1, lower: 2, upper: 3 } as const;

/** @param value a Summary.Value. @throws MalformedEventError if it holds no layout, or more than the limits allow */
export function layoutOfValue(value: Uint8Array): ScalarsLayout {
  const [bytes] = readStrings(value).strings;
  if (bytes === undefined) throw new MalformedEventError('The value holds no layout.');
  return readLayout(bytes);
}

/** @throws MalformedEventError */
export function readLayout(bytes: Uint8Array): ScalarsLayout {
  const reader = new WireReader(bytes);
  const categories: LayoutCategory[] = [];
  const room = { charts: LAYOUT_CHARTS, series: LAYOUT_SERIES };
  while (reader.next()) {
    if (reader.field !== LAYOUT.category || reader.wire !== BYTES) reader.skip();
    else if (categories.length === LAYOUT_CATEGORIES)
      throw new MalformedEventError(`The layout has more than ${LAYOUT_CATEGORIES} categories.`);
    else categories.push(readCategory(reader.message(), room));
  }
  return categories;
}

/** How many charts, and how many expressions and margins in them, a layout may still have. */
interface Room {
  charts: number;
  series: number;
}

function readCategory(reader: WireReader, room: Room): LayoutCategory {
  let title = '';
  let isClosed = false;
  const charts: LayoutChart[] = [];
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === CATEGORY.title && wire === BYTES) title = readTitle(reader);
    else if (field === CATEGORY.closed && wire === VARINT) isClosed = reader.uint() !== 0;
    else if (field !== CATEGORY.chart || wire !== BYTES) reader.skip();
    else if (room.charts-- === 0)
      throw new MalformedEventError(`The layout has more than ${LAYOUT_CHARTS} charts.`);
    else charts.push(readChart(reader.message(), room));
  }
  return { title, charts, isClosed };
}

/** Of a content that is there twice the fields are merged, and of both kinds the last counts, as protobuf's readers do. */
function readChart(reader: WireReader, room: Room): LayoutChart {
  let title = '';
  const patterns: string[] = [];
  const margins: Margin[] = [];
  while (reader.next()) {
    const { field, wire } = reader;
    if (wire !== BYTES) reader.skip();
    else if (field === CHART.title) title = readTitle(reader);
    else if (field === CHART.multiline) {
      margins.length = 0;
      readPatterns(reader.message(), room, patterns);
    } else if (field === CHART.margin) {
      patterns.length = 0;
      readMargins(reader.message(), room, margins);
    } else reader.skip();
  }
  return { title, patterns, margins };
}

function readTitle(reader: WireReader): string {
  return reader.shortString(LAYOUT_TITLE_BYTES, 'a title');
}

function takeSeries(room: Room): void {
  if (room.series-- === 0)
    throw new MalformedEventError(`The layout has more than ${LAYOUT_SERIES} expressions and margins.`);
}

function readPatterns(reader: WireReader, room: Room, patterns: string[]): void {
  while (reader.next()) {
    if (reader.field !== MULTILINE.tag || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    takeSeries(room);
    patterns.push(reader.shortString(TAG_BYTES, 'an expression'));
  }
}

function readMargins(reader: WireReader, room: Room, margins: Margin[]): void {
  while (reader.next()) {
    if (reader.field !== MARGIN.series || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    takeSeries(room);
    margins.push(readMargin(reader.message()));
  }
}

function readMargin(reader: WireReader): Margin {
  let margin: Margin = { value: '', lower: '', upper: '' };
  while (reader.next()) {
    const { field, wire } = reader;
    if (wire !== BYTES) reader.skip();
    else if (field === SERIES.value) margin = { ...margin, value: reader.shortString(TAG_BYTES, 'a tag') };
    else if (field === SERIES.lower) margin = { ...margin, lower: reader.shortString(TAG_BYTES, 'a tag') };
    else if (field === SERIES.upper) margin = { ...margin, upper: reader.shortString(TAG_BYTES, 'a tag') };
    else reader.skip();
  }
  return margin;
}

/**
 * The layouts of several runs as one, as TensorBoard makes it: categories of the same title are one, with the charts of all and
 * without repetitions; the first says whether it is closed. Take them in the order of the runs' names.
 */
export function mergedLayouts(layouts: Iterable<ScalarsLayout>): ScalarsLayout {
  const merged = new Map<string, { readonly isClosed: boolean; readonly charts: Map<string, LayoutChart> }>();
  for (const layout of layouts)
    for (const { title, charts, isClosed } of layout) {
      const category = merged.get(title) ?? { isClosed, charts: new Map() };
      merged.set(title, category);
      for (const chart of charts) category.charts.set(JSON.stringify(chart), chart);
    }
  return [...merged].map(([title, { isClosed, charts }]) => ({
    title,
    isClosed,
    charts: [...charts.values()],
  }));
}
