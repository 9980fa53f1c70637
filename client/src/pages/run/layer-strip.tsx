import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { rectifiedLimits, signedLimits } from '../../drawing/limits.js';
import { rectify } from '../../drawing/map-stack.js';
import { usePalette } from '../../drawing/palette.js';
import { paintThumbnail } from '../../drawing/thumbnail.js';
import { noteDrawn } from '../../ui/diagnostics.js';
import { Arrow, Icon } from '../../ui/icons.js';
import { useStore, useStoreLater } from '../../ui/store.js';
import { useNarrow } from '../../ui/use-size.js';
import { FlagCounts } from './flag-counts.js';
import type { MapRecord, Piece } from './frames/frame.js';
import { healthAt } from './frames/layer-health.js';
import type { LayerView } from './frames/layers.js';
import { stackOf } from './frames/stacks.js';
import { area, GroupTile, OtherTile, otherText } from './layer-tiles.js';
import { OtherTensorsTile } from './other-tensors.js';
import { useRunPage } from './run-page-context.js';
import { OfStep } from './shown/of-step.js';
import { ProbePicture } from './shown/probe-picture.js';
import { foldStrip } from './state/strip-groups.js';
import { FLAGS } from './state/view-state.js';
import { useChosenInView } from './use-chosen-in-view.js';
import './layer-strip.css';

export const LayerStrip = memo(function LayerStrip() {
  const app = useRunPage();
  const strip = useStore(app.run, (run) => run?.strip);
  const chosen = useStore(app.run, (run) => run?.layer);
  const entries = useMemo(() => strip && foldStrip(strip, chosen?.name), [strip, chosen]);
  const inputShape = useStore(app.run, (run) => run?.model?.inputShape);
  const thumbnails = useStoreLater(app.frames.thumbnails, app.frames.drawsAtOnce);
  const [stripRef, rowRef] = useChosenInView(chosen?.name);
  if (entries === undefined || chosen === undefined) return null;
  return (
    <nav className="layers" aria-label="Layers" ref={stripRef}>
      <div className="layer-row" ref={rowRef}>
        {inputShape !== undefined && (
          <div className="layer-tile aside only-wide">
            <ProbePicture size={32} />
            <span className="micro">
              input
              <br />
              {inputShape[0]} · {area(inputShape[1], inputShape[2])}
            </span>
          </div>
        )}
        {entries.map((entry) =>
          entry.type === 'layer' ? (
            <LayerTile
              key={entry.layer.name}
              layer={entry.layer}
              current={entry.layer === chosen}
              piece={thumbnails.get(entry.layer.name)}
            />
          ) : entry.type === 'group' ? (
            <GroupTile key={`group ${entry.name} ${entry.items[0]?.layer.name}`} group={entry} />
          ) : (
            <OtherTile
              key={entry.layer.name}
              layer={entry.layer}
              view={entry.view}
              current={entry.view === chosen}
            />
          ),
        )}
        <OtherTensorsTile />
      </div>
    </nav>
  );
});

const LayerTile = memo(function LayerTile({
  layer,
  current,
  piece,
}: {
  layer: LayerView;
  current: boolean;
  piece: Piece<MapRecord> | undefined;
}) {
  const app = useRunPage();
  const { description } = layer;
  const [first, second] = layer.walk === undefined ? ['', ''] : otherText(layer.walk.description);
  const shape = piece?.decoded.shape.slice(-3);
  const health = useStore(app.frames.history.health, (layers) =>
    healthAt(layers.get(layer.name), piece?.step),
  );
  const counts = useMemo(
    () =>
      FLAGS.flatMap((flag) => {
        const count = health.filter(({ conditions }) => conditions.includes(flag)).length;
        return count > 0 ? [[flag, count] as const] : [];
      }),
    [health],
  );
  const known = health.length > 0;
  return (
    <button
      type="button"
      className="layer-tile"
      aria-current={current ? 'true' : undefined}
      data-layer={layer.name}
      onClick={() => app.selectLayer(layer.name)}
    >
      <Thumbnail layer={layer} piece={piece} />
      <span>
        <span className="small medium layer-text">
          {layer.name}{' '}
          {description !== undefined && (
            <span className="faint" style={{ fontWeight: 400 }}>
              {description.inChannels}
              <Arrow />
              {description.outChannels}
            </span>
          )}
        </span>
        <span className="micro layer-text only-wide">
          {description !== undefined
            ? `${description.kernel.join('×')} · ${area(description.outputShape[1], description.outputShape[2])}`
            : layer.walk === undefined
              ? shape?.join('×')
              : first !== layer.name && <>{first} </>}
          {description === undefined && second}
        </span>
        <span className="micro layer-text">
          <OfStep step={piece?.step} />
        </span>
        <span className="badges">
          <FlagCounts counts={counts} />
          {known && counts.length === 0 && (
            <span>
              <Icon name="check" />
              ok
            </span>
          )}
        </span>
      </span>
    </button>
  );
});

/** The packing with the largest channels, or one without empty places if its channels are nearly as large. */
function packing(
  channels: number,
  width: number,
  height: number,
): { readonly columns: number; readonly cell: number } {
  const at = (columns: number) => ({
    columns,
    cell: Math.floor(Math.min(width / columns, height / Math.ceil(channels / columns))),
  });
  const all = Array.from({ length: channels }, (_, index) => at(index + 1));
  const largest = all.reduce((best, one) => (one.cell > best.cell ? one : best), at(1));
  const full = all.filter(({ columns }) => channels % columns === 0);
  const best = full.reduce((one, other) => (other.cell > one.cell ? other : one), at(channels));
  return best.cell >= largest.cell - 2 && best.cell > 0 ? best : largest;
}

function Thumbnail({ layer, piece }: { layer: LayerView; piece: Piece<MapRecord> | undefined }) {
  const app = useRunPage();
  const narrow = useNarrow();
  const { tokens, luts, nonFinite } = usePalette();
  const probe = useStore(app.view, (view) => view.probe);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [maxWidth, maxHeight] = narrow ? [48, 32] : [64, 56];
  const stated = piece?.decoded.shape.at(-3) ?? layer.walk?.description.outputShape[0] ?? 1;
  // A record may hold no channel, or more than the picture has pixels.
  const channels = Math.max(1, Math.min(stated, maxWidth * maxHeight));
  const { columns, cell } = useMemo(
    () => packing(channels, maxWidth, maxHeight),
    [channels, maxWidth, maxHeight],
  );
  const size = Math.max(2, cell);
  const shownColumns = Math.min(columns, Math.floor(maxWidth / size));
  const shownRows = Math.min(Math.ceil(channels / shownColumns), Math.floor(maxHeight / size));
  const width = shownColumns * size;
  const height = shownRows * size;
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context) return;
    const ratio = Math.max(1, Math.round(devicePixelRatio));
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const raw = piece === undefined ? undefined : stackOf(piece.decoded, probe);
    if (piece === undefined || raw === undefined) {
      context.fillStyle = tokens.well;
      context.fillRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const described = layer.walk?.description;
    const isBefore = layer.outputRole === 'preactivation' && described !== undefined;
    const relu = isBefore && 'activation' in described && described.activation === 'relu';
    const stack = relu ? rectify(raw) : raw;
    const { range } = piece.decoded;
    const signed = !relu && range.min < 0;
    const limits = signed ? signedLimits(range.absolute) : rectifiedLimits(range.positive);
    const image = context.createImageData(canvas.width, canvas.height);
    const target = { width: canvas.width, height: canvas.height, pixels: new Uint32Array(image.data.buffer) };
    const packed = { columns: shownColumns, rows: shownRows, cell: size * ratio, gap: size > 5 ? ratio : 0 };
    paintThumbnail(target, packed, stack, { lut: signed ? luts.RdBu : luts.viridis, limits, nonFinite });
    context.putImageData(image, 0, 0);
    noteDrawn(`thumbnail:${layer.output.tag}`, piece.step);
  }, [piece, probe, layer, shownColumns, shownRows, size, width, height, tokens, luts, nonFinite]);
  return (
    <canvas ref={canvasRef} aria-hidden="true" data-thumbnail={layer.name} data-step={piece?.step ?? ''} />
  );
}
