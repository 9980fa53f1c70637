/** What the page says of A and B: their maps, the difference, and how each channel has changed. No side effects. */
import { type ChannelChange, channelsByChange, differenceOf } from '@convscope/shared/channels/change.js';
import type { ChannelMatch } from '@convscope/shared/channels/match-channels.js';
import type { Reading } from '@convscope/shared/convolution/reading.js';
import type { MapShape } from '@convscope/shared/run-description.js';
import { topOf } from '../../drawing/limits.js';
import { type MapStack, readingAt } from '../../drawing/map-stack.js';
import type { LayerView } from '../run/frames/layers.js';
import { changesOf, type Difference, differenceStack, reorder } from './difference.js';
import { type KernelTiles, kernelTiles } from './kernel-tiles.js';
import { type PicturePair, type PicturePairs, type PictureSide, pairPictures } from './pictures.js';
import { shownStack } from './stage.js';
import { type StageMaps, stackAt } from './stage-maps.js';
import type { CompareView, SideName, Sort, Stage } from './view.js';

/** What is compared of one side. */
export interface ComparedSide extends PictureSide {
  readonly layer: LayerView;
  readonly maps: StageMaps;
}

export interface ComparisonRequest {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  readonly stage: Stage;
  /** The probes that were chosen, counted as each run counts them. */
  readonly probeA: number | undefined;
  readonly probeB: number | undefined;
  readonly ofOne: boolean;
  /** The channels of B that are shown beside those of A; undefined: those with the same number. */
  readonly match: ChannelMatch | undefined;
}

export interface Comparison {
  readonly stage: Stage;
  /** The picture that is shown of each side. */
  readonly shown: PicturePair;
  readonly pictures: PicturePairs;
  /** The pictures that each side can show. */
  readonly probes: Readonly<Record<SideName, readonly number[]>>;
  readonly a: MapStack | undefined;
  /** In the order of A's channels, if they are matched. */
  readonly b: MapStack | undefined;
  /** Why A and B have no difference: a sentence. */
  readonly mismatch: string | undefined;
  readonly difference: Difference | undefined;
  /** By channel of A; undefined for those that have no partner. */
  readonly changes: readonly (ChannelChange | undefined)[];
  /** The number of pictures that the changes were measured over; 0 for kernels. */
  readonly measured: number;
  /** Why they were not measured over all pictures, if that was asked for. */
  readonly isTooMuch: boolean;
  readonly match: ChannelMatch | undefined;
  /** Whether A or B may have negative values. */
  readonly signed: boolean;
  /** The upper limit of the colours of A and B. */
  readonly top: number;
  /** How weights are placed in the tiles of kernels. */
  readonly kernels: Pick<KernelTiles, 'columns' | 'kernel'> | undefined;
}

/** More values than this of each side are not measured at once, since the page would stand still: about 50 ms. */
const MOST_VALUES = 4_000_000;
/** The same for maps that must be computed first, each with its interval, through several layers. */
const MOST_COMPUTED = 500_000;

/** In pieces, since all of it takes longer than a frame: the page answers between them. */
export function* compare(request: ComparisonRequest): Generator<void, Comparison> {
  const { a, b, stage, match } = request;
  const pictures = pairPictures(a, b);
  const shown = shownPair(request, pictures);
  const rawA = stackAt(a.maps, stage, shown.a);
  const rawB = stackAt(b.maps, stage, shown.b);
  const mapsA = rawA && shownStack(rawA, a.layer, stage);
  const inOwnOrder = rawB && shownStack(rawB, b.layer, stage);
  const order = rawA !== undefined && rawA.shape[0] === match?.of.length ? match.of : undefined;
  const mapsB = order === undefined || inOwnOrder === undefined ? inOwnOrder : reorder(inOwnOrder, order);
  const mismatch = mismatchOf(request, mapsA?.shape, mapsB?.shape, shown, pictures);
  const canSubtract = mismatch === undefined && mapsA !== undefined && mapsB !== undefined;
  const measured = canSubtract ? measuredPairs(request, shown, pictures, mapsA.shape) : [];
  const [rangeA, rangeB] = [a.maps.rangeOf(shown.a), b.maps.rangeOf(shown.b)];
  const isNegative = (stack: MapStack | undefined, { min }: { readonly min: number }) =>
    stack !== undefined && !stack.rectified && min < 0;
  const signed =
    stage === 'gradient' || stage === 'kernels' || isNegative(mapsA, rangeA) || isNegative(mapsB, rangeB);
  yield;
  const difference = canSubtract ? differenceStack(mapsA, mapsB) : undefined;
  yield;
  const tiles = stage === 'kernels' ? a.maps.tensor && kernelTiles(a.maps.tensor) : undefined;
  return {
    stage,
    shown,
    pictures,
    probes: { a: a.maps.probes, b: b.maps.probes },
    a: mapsA,
    b: mapsB,
    mismatch,
    difference,
    changes: canSubtract ? yield* changes(request, measured, order) : [],
    measured: stage === 'kernels' ? 0 : measured.length,
    isTooMuch:
      canSubtract && !request.ofOne && stage !== 'kernels' && isTooMuch(request, mapsA.shape, pictures),
    match: order === undefined ? undefined : match,
    signed,
    top: Math.max(topOf(rangeA, signed), topOf(rangeB, signed)),
    kernels: tiles,
  };
}

/** The chosen pictures, or the first one that both sides show. */
function shownPair({ probeA, probeB, a, b }: ComparisonRequest, { pairs }: PicturePairs): PicturePair {
  const partner = (side: 'a' | 'b', probe: number) => pairs.find((pair) => pair[side] === probe);
  const first = pairs[0] ?? { a: a.maps.probes[0] ?? 0, b: b.maps.probes[0] ?? 0 };
  const ofA = probeA ?? (probeB === undefined ? undefined : partner('b', probeB)?.a) ?? first.a;
  const ofB =
    probeB ?? partner('a', ofA)?.b ?? (probeA !== undefined && b.maps.probes.includes(ofA) ? ofA : first.b);
  return { a: ofA, b: ofB };
}

/** The pictures that the changes are measured over: all that both show, if A and B show the same one. */
function measuredPairs(
  request: ComparisonRequest,
  shown: PicturePair,
  pictures: PicturePairs,
  shape: MapShape,
): readonly PicturePair[] {
  const { ofOne, stage } = request;
  const { pairs } = pictures;
  const isSame = pairs.some(({ a, b }) => a === shown.a && b === shown.b);
  return ofOne || !isSame || stage === 'kernels' || isTooMuch(request, shape, pictures) ? [shown] : pairs;
}

function isTooMuch(
  { a, b }: Pick<ComparisonRequest, 'a' | 'b'>,
  [channels, height, width]: MapShape,
  { pairs }: PicturePairs,
): boolean {
  const most = a.maps.isComputed || b.maps.isComputed ? MOST_COMPUTED : MOST_VALUES;
  return pairs.length > 1 && channels * height * width * pairs.length > most;
}

function* changes(
  { a, b, stage }: ComparisonRequest,
  pairs: readonly PicturePair[],
  order: Int32Array | undefined,
): Generator<void, readonly (ChannelChange | undefined)[]> {
  const stacks = pairs.flatMap((pair) => {
    const ofA = stackAt(a.maps, stage, pair.a);
    const ofB = stackAt(b.maps, stage, pair.b);
    if (ofA === undefined || ofB === undefined) return [];
    const [shownA, shownB] = [shownStack(ofA, a.layer, stage), shownStack(ofB, b.layer, stage)];
    return [[shownA, order === undefined ? shownB : reorder(shownB, order)] as const];
  });
  const found = yield* changesOf(stacks);
  return found.map((change, channel) => (order !== undefined && order[channel] === -1 ? undefined : change));
}

const shapeText = ([channels, height, width]: MapShape) => `${channels} × ${height}×${width}`;

function mismatchOf(
  { a, b, stage }: ComparisonRequest,
  ofA: MapShape | undefined,
  ofB: MapShape | undefined,
  shown: PicturePair,
  { pairs }: PicturePairs,
): string | undefined {
  if (ofA === undefined || ofB === undefined) {
    if (stage === 'kernels') return 'What was logged as kernels is not a tensor [out, in, height, width].';
    if (pairs.length === 0) return 'A and B have no picture in common.';
    return ofA === undefined ? `A does not show picture ${shown.a}.` : `B does not show picture ${shown.b}.`;
  }
  if (stage === 'kernels') {
    const [kernelsA, kernelsB] = [a.maps.shape, b.maps.shape];
    if (kernelsA.slice(1).join() !== kernelsB.slice(1).join() || ofA[0] !== ofB[0])
      return `The kernels of A are [${kernelsA.join(', ')}] and those of B [${kernelsB.join(', ')}]: they have no difference. Choose layers with kernels of the same shape.`;
    return undefined;
  }
  if (ofA[1] !== ofB[1] || ofA[2] !== ofB[2])
    return `The maps of A are ${shapeText(ofA)} and those of B ${shapeText(ofB)}: their places do not correspond. Choose layers whose maps have the same size.`;
  if (ofA[0] !== ofB[0])
    return `A has ${ofA[0]} maps and B has ${ofB[0]}, of the same size: channels with the same number do not belong together. Match them by correlation to compare them.`;
  return undefined;
}

const orders = new WeakMap<Comparison, Map<Sort, readonly number[]>>();

/** The channels of A in the order in which they are shown. Those without a partner in B are left out. */
export function orderOf(comparison: Comparison, sort: Sort): readonly number[] {
  const known = orders.get(comparison)?.get(sort);
  if (known !== undefined) return known;
  const order = sorted(comparison, sort);
  orders.set(comparison, (orders.get(comparison) ?? new Map()).set(sort, order));
  return order;
}

function sorted({ a, changes: of, match, mismatch }: Comparison, sort: Sort): readonly number[] {
  const channels = Array.from({ length: a?.shape[0] ?? 0 }, (_, channel) => channel);
  if (mismatch !== undefined) return channels;
  if (sort !== 'index') return channelsByChange(of, sort);
  return match === undefined ? channels : channels.filter((channel) => match.of[channel] !== -1);
}

export interface PlaceValues {
  readonly a: Reading | undefined;
  readonly b: Reading | undefined;
  readonly difference: Reading | undefined;
}

/** The values at a place of both sides. */
export function valuesAt({ a, b, mismatch }: Comparison, channel: number, y: number, x: number): PlaceValues {
  const read = (stack: MapStack | undefined): Reading | undefined => {
    if (stack === undefined) return undefined;
    const [channels, height, width] = stack.shape;
    return channel < channels && y < height && x < width ? readingAt(stack, channel, y, x) : undefined;
  };
  const [ofA, ofB] = [read(a), read(b)];
  const difference =
    mismatch === undefined && ofA !== undefined && ofB !== undefined ? differenceOf(ofA, ofB) : undefined;
  return { a: ofA, b: ofB, difference };
}

/** The channel of B that is shown beside a channel of A; undefined if it has none. */
export function partnerOf({ match, b }: Comparison, channel: number): number | undefined {
  if (match === undefined) return b !== undefined && channel < b.shape[0] ? channel : undefined;
  const partner = match.of[channel];
  return partner === undefined || partner < 0 ? undefined : partner;
}

/** The number that a channel of A has in B; its own where it has no partner. */
export function matched(match: Comparison['match'], channel: number): number {
  const partner = match?.of[channel] ?? -1;
  return partner < 0 ? channel : partner;
}

/** The pinned pixel, or the one in the middle; within the map. */
export function pinned(
  { y, x }: Pick<CompareView, 'y' | 'x'>,
  [, height, width]: MapShape,
): { readonly y: number; readonly x: number } {
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  return {
    y: clamp(y ?? Math.floor(height / 2), height),
    x: clamp(x ?? Math.floor(width / 2), width),
  };
}

type Place = Pick<CompareView, 'channel' | 'y' | 'x'>;

/**
 * What is shown instead of a channel or a pixel that the maps of A do not have, with a sentence for each.
 * @param of the layer of A
 */
export function withinMaps(
  place: Place,
  [channels, height, width]: MapShape,
  of: string,
): { readonly right: Partial<Place>; readonly problems: readonly string[] } {
  const right: { -readonly [K in keyof Place]?: Place[K] } = {};
  const problems: string[] = [];
  for (const [name, count] of [
    ['channel', channels],
    ['y', height],
    ['x', width],
  ] as const) {
    const value = place[name];
    if (value === undefined || count === 0 || value < count) continue;
    const last = count - 1;
    right[name] = last;
    const which = count === 1 ? 'only 0' : `only 0 to ${last}`;
    problems.push(`There is no ${name} ${value} in ${of} of A, ${which}: ${name} ${last} is shown.`);
  }
  return { right, problems };
}
