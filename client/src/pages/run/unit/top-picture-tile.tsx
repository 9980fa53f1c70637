/** One of the top pictures: a button with the picture, the receptive field of the maximum, its class and value. */
import type { TopPicture } from '@convscope/shared/unit-records.js';
import { useLayoutEffect, useRef } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatValue } from '../../../ui/format.js';
import { drawField } from '../shown/draw-field.js';
import type { Window } from '../state/selection.js';
import type { TestPicture } from './use-test-pictures.js';

const SIZE = 80;

export function TopPictureTile(props: {
  readonly top: TopPicture;
  readonly picture: TestPicture | undefined;
  readonly field: Window | undefined;
  readonly isProbe: boolean;
  /** Whether the log holds the number of the picture and not the picture. */
  readonly isMissing: boolean;
  /** Of its class. */
  readonly name: string | undefined;
  readonly onChoose: () => void;
}) {
  const { top, picture, field, isProbe, isMissing, name, onChoose } = props;
  const { index, value, y, x } = top;
  const { tokens } = usePalette();
  const ref = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = ref.current ? fitCanvas(ref.current, SIZE, SIZE) : undefined;
    if (context === undefined) return;
    context.fillStyle = tokens.well;
    context.fillRect(0, 0, SIZE, SIZE);
    if (picture?.sheet === undefined) return;
    const { sheet, side } = picture;
    context.imageSmoothingEnabled = false;
    context.drawImage(sheet, picture.x, picture.y, side, side, 0, 0, SIZE, SIZE);
    if (field !== undefined) drawField(context, field, SIZE / side, SIZE, SIZE);
  }, [picture, field, tokens]);
  const what = isMissing ? 'not in the log' : (name ?? 'loading');
  const text = `${formatValue(value)} at y ${y}, x ${x} of test picture ${index}, ${what}`;
  return (
    <button
      type="button"
      className="top-picture"
      aria-label={`${text}${isProbe ? ': show this probe there' : ', which is not a probe'}`}
      title={text}
      data-picture={index}
      data-drawn={picture?.sheet !== undefined}
      onClick={onChoose}
    >
      <canvas ref={ref} aria-hidden="true" />
      <span className={value <= 0 ? 'top-picture-value faint' : 'top-picture-value'}>
        {formatValue(value)}
        {isProbe && <b className="micro">probe</b>}
      </span>
      <span className="micro ellipsis">{what}</span>
    </button>
  );
}
