/** "What makes out N": the kernel of each input channel and what it adds to the output, largest first. */
import { type PointerEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import type { Limits } from '../../../drawing/lut.js';
import { drawMark } from '../../../drawing/mark.js';
import type { Colouring } from '../../../drawing/painter.js';
import { usePalette } from '../../../drawing/palette.js';
import type { Scroll } from '../../../grids/use-map-scroll.js';
import { formatMargin, formatReading, formatValue } from '../../../ui/format.js';
import { Select } from '../../../ui/select.js';
import { useStore } from '../../../ui/store.js';
import { showTip } from '../../../ui/tooltip.js';
import { useSize } from '../../../ui/use-size.js';
import { useRunPage } from '../run-page-context.js';
import { inputName } from '../shown/input-name.js';
import { useLimits } from '../shown/use-limits.js';
import { useOutlined } from '../shown/use-outlined.js';
import { contributionAt } from '../state/arithmetic.js';
import { bySize, type Contributions, contributionsOf, inputsOf } from '../state/contributions.js';
import type { Selection } from '../state/selection.js';
import { ContributionDetail } from './contribution-detail.js';
import {
  drawInFull,
  drawingSize,
  drawTiles,
  IN_FULL,
  rowOf,
  shownOrder,
  type Tile,
} from './contributions-drawing.js';
import './contributions-view.css';

/** Rows that are taller than this are scrolled to. */
const TALLEST_LEAST = 160;

export function ContributionsView({
  selection,
  kernelLimits,
}: {
  selection: Selection;
  kernelLimits: Limits;
}) {
  const app = useRunPage();
  const palette = usePalette();
  const [boxRef, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const tilesRef = useRef<readonly Tile[]>([]);
  const order = useStore(app.view, (view) => view.order);
  const contribution = useStore(app.view, (view) => view.contribution);
  const [scroll, setScroll] = useState<Scroll>({ left: 0, top: 0 });
  const cellId = useId();
  const { channel, output, layer, frame, signed } = selection;
  const { kernels } = selection;
  const contributions = contributionsOf(selection);
  const outlined = useOutlined(selection);
  const outputColours = useLimits('output', output, frame?.output?.decoded, layer.output.tag, signed, 'run');
  const { first, count } = inputsOf(selection);
  const inFull = count <= IN_FULL;
  const rmsBound = contributions?.parts.reduce((most, part) => Math.max(most, part.rmsBound), 0) ?? 0;
  const inOrder = useMemo(
    () => (contributions === undefined ? [] : shownOrder(contributions, order)),
    [contributions, order],
  );
  const place = Math.max(0, contribution === undefined ? 0 : inOrder.indexOf(contribution - first));
  const chosen = inOrder[place];
  const whole = contributions === undefined ? size : drawingSize({ contributions, selection, size }, inFull);
  // A whole row of them.
  const leastHeight =
    contributions === undefined || inFull
      ? undefined
      : Math.min(TALLEST_LEAST, rowOf({ contributions, selection, size }, inFull, 0).height);

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas && size.width > 0 ? fitCanvas(canvas, size.width, size.height) : undefined;
    if (context === undefined || context === null || contributions === undefined || kernels === undefined)
      return;
    const { tokens, luts, nonFinite, well } = palette;
    const signedColours: Colouring = {
      lut: luts.RdBu,
      limits: () => ({ lo: -contributions.absolute, hi: contributions.absolute }),
      nonFinite,
      well,
    };
    const kernelColours: Colouring = { lut: luts.RdBu, limits: () => kernelLimits, nonFinite, well };
    const result: Colouring = {
      lut: signed ? luts.RdBu : luts.viridis,
      limits: outputColours.limits,
      nonFinite,
      well,
    };
    const scene = {
      context,
      size,
      scroll,
      selection,
      contributions,
      tokens,
      signedColours,
      kernelColours,
      result,
      kernelLimits,
    };
    context.translate(-scroll.left, -scroll.top);
    const tiles = inFull ? drawInFull(scene) : drawTiles(scene, order, chosen);
    tilesRef.current = tiles;
    if (outlined !== undefined) {
      const [, mapHeight, mapWidth] = contributions.stack.shape;
      const mark = { y0: outlined.y, y1: outlined.y, x0: outlined.x, x1: outlined.x };
      for (const { x, y, zoom } of tiles) drawMark(context, mark, x, y, { zoom, mapHeight, mapWidth }, true);
    }
  }, [
    size,
    scroll,
    chosen,
    selection,
    contributions,
    kernels,
    kernelLimits,
    palette,
    order,
    inFull,
    outlined,
    signed,
    outputColours.limits,
  ]);

  const at = (event: PointerEvent | React.MouseEvent) => {
    const box = canvasRef.current?.getBoundingClientRect();
    if (box === undefined || contributions === undefined) return undefined;
    const [, height, width] = contributions.stack.shape;
    for (const { index, x, y, zoom } of tilesRef.current) {
      const px = Math.floor((event.clientX - box.left + scroll.left - x) / zoom);
      const py = Math.floor((event.clientY - box.top + scroll.top - y) / zoom);
      if (px >= 0 && py >= 0 && px < width && py < height) return { index, y: py, x: px };
    }
    return undefined;
  };
  const onHover = (event: PointerEvent): void => {
    const under = at(event);
    if (under === undefined || contributions === undefined) {
      app.hover.set(undefined);
      showTip(undefined);
      return;
    }
    app.hover.set({ grid: 'output', channel, y: under.y, x: under.x });
    const { inChannel } = contributions.parts[under.index]!;
    const reading = contributionAt(selection, inChannel, under);
    showTip({
      value: reading === undefined ? '–' : formatReading(reading),
      place: `${inputName(selection, inChannel)} in out ${channel}, y ${under.y}, x ${under.x}`,
      x: event.clientX,
      y: event.clientY,
    });
  };
  // The one that was chosen, here or in the address, is in view. Where it is when maps change does not matter.
  const isLaidOut = contributions !== undefined && size.width > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (contribution === undefined || contributions === undefined || box === null || size.width === 0) return;
    const { top, height } = rowOf({ contributions, selection, size }, inFull, place);
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + height > box.scrollTop + size.height) box.scrollTop = top + height - size.height;
  }, [contribution, isLaidOut]);
  /** Chooses the contribution at a place of the order. */
  const choose = (at: number): void => {
    const index = inOrder[Math.max(0, Math.min(inOrder.length - 1, at))];
    if (index !== undefined) app.show({ contribution: first + index });
  };
  return (
    <>
      <div className="contributions-head">
        <h2 className="heading">What makes out {channel}</h2>
        {rmsBound > 0 ? (
          <span
            className="micro ellipsis"
            title="Kernel × input. The inputs were logged with 8 bits, so that each rms is within this margin at most"
          >
            rms to ± {formatMargin(rmsBound)}
          </span>
        ) : (
          <span className="micro ellipsis">kernel × input, rms</span>
        )}
        <span className="grow" />
        {!inFull && (
          <Select
            label="Order of the input channels"
            text="by"
            value={order}
            options={[
              ['size', 'size'],
              ['index', 'index'],
            ]}
            onChange={(next) => app.show({ order: next })}
          />
        )}
        {contributions !== undefined && (
          <span className="micro" title="Limits of the colours of these maps">
            ±{formatValue(contributions.absolute, 2)}
          </span>
        )}
      </div>
      {!inFull && chosen !== undefined && <ContributionDetail selection={selection} index={chosen} />}
      <div
        className="contributions"
        ref={boxRef}
        role="grid"
        tabIndex={0}
        aria-label={`Contribution of every input channel to out ${channel}. Arrow keys move the pixel, Page Up and Page Down choose the input channel`}
        aria-activedescendant={cellId}
        style={{ flexBasis: leastHeight }}
        onScroll={({ currentTarget: { scrollLeft, scrollTop } }) =>
          setScroll({ left: scrollLeft, top: scrollTop })
        }
        onPointerMove={onHover}
        onPointerLeave={() => {
          app.hover.set(undefined);
          showTip(undefined);
        }}
        onClick={(event) => {
          const under = at(event);
          if (under === undefined) return;
          app.show({ y: under.y, x: under.x, ...(inFull ? {} : { contribution: first + under.index }) });
        }}
        onKeyDown={(event) => {
          const by = { PageUp: place - 1, PageDown: place + 1, Home: 0, End: count - 1 }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            choose(by);
            return;
          }
          const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
            event.key
          ];
          if (move === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          app.movePixel(move[0]!, move[1]!);
        }}
      >
        <div className="contributions-sheet" style={whole}>
          <div role="row" className="sr">
            <span role="gridcell" id={cellId} tabIndex={-1}>
              {contributions === undefined ? 'not loaded' : describe(contributions, selection, chosen)}
            </span>
          </div>
          <canvas
            ref={canvasRef}
            aria-hidden="true"
            data-grid="contributions"
            data-layer={layer.name}
            data-channel={channel}
            data-order={inOrder.join(',')}
            data-chosen={chosen ?? ''}
          />
        </div>
      </div>
    </>
  );
}

function describe({ parts }: Contributions, selection: Selection, chosen: number | undefined): string {
  const largest = [...parts].sort(bySize).slice(0, 3);
  const said = largest.map(({ inChannel }) => {
    const reading = contributionAt(selection, inChannel, selection);
    return `${inputName(selection, inChannel)} ${reading === undefined ? '–' : formatReading(reading)}`;
  });
  const shown = chosen === undefined ? undefined : parts[chosen];
  const named = shown === undefined ? '' : `${inputName(selection, shown.inChannel)} shown; `;
  return `${named}y ${selection.y}, x ${selection.x}: ${said.join(', ')}`;
}
