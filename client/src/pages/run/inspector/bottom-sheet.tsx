/** On a phone, the selected value and its map. Opens the inspector. */

import { useLayoutEffect, useRef } from 'react';
import { blitMap } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import { drawMark } from '../../../drawing/mark.js';
import { usePalette } from '../../../drawing/palette.js';
import { drawSigns } from '../../../drawing/signs.js';
import { Button } from '../../../ui/button.js';
import { formatPercent, formatReading, formatValue } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { FLAG_NAMES } from '../flag-names.js';
import { useRunPage } from '../run-page-context.js';
import { OfStep } from '../shown/of-step.js';
import { useLimits } from '../shown/use-limits.js';
import type { Selection } from '../state/selection.js';
import { contradictionText, headline } from './pixel-number.js';
import { arithmeticOnce, useShownValue } from './use-shown-value.js';
import './bottom-sheet.css';

const SIZE = 64;

export function BottomSheet({ selection, onOpen }: { selection: Selection; onOpen: () => void }) {
  const app = useRunPage();
  const { luts, nonFinite, well } = usePalette();
  const lock = useStore(app.view, (view) => view.lock);
  const { output, signed, channel, layer, frame, health, shape } = selection;
  const pixel = useShownValue(selection);
  const { limits } = useLimits('output', output, frame?.output?.decoded, layer.output.tag, signed, lock);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [, height, width] = shape ?? [1, 1, 1];
  const condition = health[channel]?.conditions[0];
  const record = frame?.output?.decoded;
  const zero = record?.kind === 'channels' ? record.statistics?.zeroFraction[channel] : undefined;
  const arithmetic = arithmeticOnce(selection);
  const text = pixel === undefined ? undefined : headline(pixel.shown);
  const contradiction = pixel === undefined ? undefined : contradictionText(pixel);
  const parts: string[] = [];
  if (arithmetic !== undefined && !('error' in arithmetic)) {
    const bias = arithmetic.hasBias ? ` + bias ${formatValue(arithmetic.pixel.bias)}` : '';
    parts.push(`sum ${formatReading(arithmetic.products)}${bias}`);
  }
  if (zero !== undefined) parts.push(`${formatPercent(zero, 0)} zero`);
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas ? fitCanvas(canvas, SIZE, SIZE) : undefined;
    if (context === undefined || output === undefined) return;
    const zoom = SIZE / Math.max(height, width);
    blitMap(context, output, channel, 0, 0, zoom, {
      lut: signed ? luts.RdBu : luts.viridis,
      limits,
      nonFinite,
      well,
    });
    drawSigns(context, output, channel, 0, 0, zoom);
    if (pixel === undefined) return;
    drawMark(
      context,
      { y0: pixel.y, y1: pixel.y, x0: pixel.x, x1: pixel.x },
      0,
      0,
      { zoom, mapHeight: height, mapWidth: width },
      true,
    );
  }, [output, channel, pixel, height, width, signed, luts, limits, nonFinite, well]);
  return (
    <div className="sheet">
      <div className="sheet-grip" />
      <div className="row" style={{ gap: 12 }}>
        <canvas ref={canvasRef} aria-hidden="true" style={{ flex: 'none' }} />
        <div className="grow">
          <div className="row baseline">
            <span className="strong">
              {selection.described === undefined ? 'channel' : `${layer.name} out`} {channel}
            </span>
            {condition !== undefined && (
              <span className={`small flag-${condition}`}>{FLAG_NAMES[condition]}</span>
            )}
          </div>
          <div className="row baseline">
            <span className="value">{text?.value ?? '–'}</span>
            {pixel !== undefined && (
              <span className="small faint">
                {text?.margin} y {pixel.y}, x {pixel.x} <OfStep step={frame?.output?.step} />
              </span>
            )}
          </div>
          <div className="micro">{parts.join(' · ')}</div>
          {contradiction !== undefined && <div className="micro is-bad">{contradiction}</div>}
        </div>
        <Button onClick={onOpen}>{selection.described === undefined ? 'Details' : 'Arithmetic'}</Button>
      </div>
    </div>
  );
}
