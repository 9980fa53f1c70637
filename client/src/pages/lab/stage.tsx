/** Input, kernel, output: a row for each input channel that the chosen output reads, and the output beside them. */

import type { OutputPixel } from '@convscope/shared/convolution/terms.js';
import { useMemo, useState } from 'react';
import { colourOf } from '../../drawing/lut.js';
import { usePalette } from '../../drawing/palette.js';
import { Button } from '../../ui/button.js';
import { formatShortWithin } from '../../ui/format.js';
import { useSize } from '../../ui/use-size.js';
import { cellSizes, FIRST_ROWS } from './cell-sizes.js';
import { boundOfSum, type Lab, paddedValue } from './lab-model.js';
import type { LabState } from './lab-state.js';
import type { Place } from './matrix-paint.js';
import { MatrixView } from './matrix-view.js';
import { OutputChannels } from './output-channels.js';
import type { Change } from './parameter-controls.js';
import { reachedOutputs } from './reach.js';
import './lab-stage.css';

/** The padding of .lab-stage at each side. */
const PADDING = 16;
/** The width that is assumed until the stage has been measured. */
const FIRST_WIDTH = 900;

export function Stage(props: {
  state: LabState;
  lab: Lab;
  pixel: OutputPixel | undefined;
  place: { outChannel: number; y: number; x: number };
  change: Change;
  onHover: (place: Place | undefined) => void;
}) {
  const { state, lab, pixel, place, change } = props;
  const [box, size] = useSize<HTMLDivElement>();
  const width = size.width === 0 ? FIRST_WIDTH : size.width - 2 * PADDING;
  const [allRows, setAllRows] = useState(false);
  const { luts, nonFinite } = usePalette();
  const sizes = cellSizes(state, lab, width);
  const colours = useMemo(() => {
    const lo = lab.input.reduce((a, b) => Math.min(a, b), 0);
    const hi = lab.input.reduce((a, b) => Math.max(a, b), 0);
    const diverging = (values: Float64Array) => {
      // With no value but zero, any limits give the colour of zero.
      const top = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
      return colourOf(luts.RdBu, { lo: -top, hi: top }, nonFinite);
    };
    return {
      input: lo < 0 ? diverging(lab.input) : colourOf(luts.grey, { lo, hi }, nonFinite),
      kernel: diverging(lab.weight),
      output: diverging(lab.output?.data ?? new Float64Array()),
    };
  }, [lab, luts, nonFinite]);

  const [, height, inputWidth] = lab.inputShape;
  const [, , kernelHeight, kernelWidth] = lab.weightShape;
  const perGroup = lab.inPerGroup;
  const isTransposed = state.operation === 'convTranspose2d';
  const group = Math.floor(place.outChannel / Math.max(1, state.outChannels / state.groups));
  const inputs = Array.from({ length: perGroup }, (_, c) => group * perGroup + c).filter(
    (c) => c < state.inChannels,
  );
  const shown = allRows ? inputs : inputs.slice(0, FIRST_ROWS);
  const corner = {
    y: place.y * state.strideHeight - lab.sides.top,
    x: place.x * state.strideWidth - lab.sides.left,
  };
  const transposed = state.view === 'transposed';

  const setInput = (channel: number, at: Place, value: number) => {
    const input = [...lab.input];
    const place = (channel * height + at.y) * inputWidth + at.x;
    input[place] = value;
    // What is typed is exact.
    const inputBounds = Array.from(lab.inputBounds ?? [], (bound, i) => (i === place ? 0 : bound));
    change({ inputFill: 'custom', input, inputBounds });
  };
  const setWeight = (index: number, value: number) => {
    const kernel = [...lab.weight];
    kernel[index] = value;
    change({ kernelFill: 'custom', kernel });
  };
  /** Moves the window so that its centre is nearest to the cell under the pointer. */
  const dragTo = (at: Place) => {
    if (transposed) {
      if (at.y >= 0 && at.x >= 0 && at.y < height && at.x < inputWidth)
        change({ inputY: at.y, inputX: at.x });
      return;
    }
    if (!lab.output) return;
    const middle = [
      ((kernelHeight - 1) * state.dilationHeight) / 2,
      ((kernelWidth - 1) * state.dilationWidth) / 2,
    ];
    const y = isTransposed
      ? Math.round(at.y * state.strideHeight - state.paddingHeight + middle[0]!)
      : Math.round((at.y + lab.sides.top - middle[0]!) / state.strideHeight);
    const x = isTransposed
      ? Math.round(at.x * state.strideWidth - state.paddingWidth + middle[1]!)
      : Math.round((at.x + lab.sides.left - middle[1]!) / state.strideWidth);
    change({
      y: Math.max(0, Math.min(lab.output.shape[1] - 1, y)),
      x: Math.max(0, Math.min(lab.output.shape[2] - 1, x)),
    });
  };
  const moveBy = (dy: number, dx: number) => {
    if (transposed) {
      change({
        inputY: Math.max(0, Math.min(height - 1, state.inputY + dy)),
        inputX: Math.max(0, Math.min(inputWidth - 1, state.inputX + dx)),
      });
    } else if (lab.output) {
      change({
        y: Math.max(0, Math.min(lab.output.shape[1] - 1, place.y + dy)),
        x: Math.max(0, Math.min(lab.output.shape[2] - 1, place.x + dx)),
      });
    }
  };

  const padded = {
    height: height + lab.sides.top + lab.sides.bottom,
    width: inputWidth + lab.sides.left + lab.sides.right,
  };
  const outputIndex = (y: number, x: number) => {
    const [, rows, columns] = lab.output?.shape ?? [1, 1, 1];
    return (place.outChannel * rows + y) * columns + x;
  };
  const reached = transposed ? reachedOutputs(state, lab, place.outChannel) : [];
  return (
    <div className="lab-stage" ref={box}>
      <div className="lab-columns" data-stacked={sizes.stacked || undefined}>
        <div className="lab-rows">
          {shown.map((channel, row) => {
            const firstTap = lab.firstTap(place.outChannel, channel);
            const terms = pixel?.terms.filter((t) => t.inChannel === channel) ?? [];
            return (
              <div className="lab-pair-row" key={channel}>
                <div>
                  {row === 0 && (
                    <h3 className="lab-head">
                      Input <span>{lab.inputShape.join(' × ')}</span>
                    </h3>
                  )}
                  {inputs.length > 1 && <p className="lab-note">in {channel}</p>}
                  <MatrixView
                    label={`Input channel ${channel}`}
                    height={height}
                    width={inputWidth}
                    ring={lab.sides}
                    cell={sizes.input}
                    colour={colours.input}
                    valueAt={(y, x) => paddedValue(state, lab, channel, y, x).value}
                    boundAt={(y, x) => paddedValue(state, lab, channel, y, x).bound}
                    {...(transposed
                      ? { selected: { y: state.inputY, x: state.inputX } }
                      : pixel
                        ? {
                            taps: terms.map((t) => ({ y: t.y, x: t.x, weight: t.weight })),
                            // What a transposed output reads are single cells, a stride apart in the kernel.
                            ...(isTransposed
                              ? {}
                              : {
                                  window: {
                                    ...corner,
                                    height: lab.effectiveKernel[0],
                                    width: lab.effectiveKernel[1],
                                  },
                                }),
                          }
                        : {})}
                    {...(lab.output
                      ? {
                          dropped: {
                            fromY: padded.height - lab.sides.top - lab.output.droppedRows,
                            fromX: padded.width - lab.sides.left - lab.output.droppedColumns,
                          },
                        }
                      : {})}
                    onDrag={dragTo}
                    onArrow={moveBy}
                    onEdit={(at, value) => setInput(channel, at, value)}
                  />
                </div>
                <span className="lab-sign" aria-hidden="true">
                  ×
                </span>
                <div>
                  {row === 0 && (
                    <h3 className="lab-head">
                      Kernel{' '}
                      <span>
                        {lab.weightShape.join(' × ')}
                        {dilationNote(state)}
                      </span>
                    </h3>
                  )}
                  {inputs.length > 1 && (
                    <p className="lab-note">
                      out {place.outChannel}, in {channel}
                    </p>
                  )}
                  <MatrixView
                    label={`Kernel of output ${place.outChannel}, input ${channel}`}
                    height={lab.effectiveKernel[0]}
                    width={lab.effectiveKernel[1]}
                    cell={sizes.kernel}
                    colour={colours.kernel}
                    isHole={(y, x) => y % state.dilationHeight !== 0 || x % state.dilationWidth !== 0}
                    valueAt={(y, x) => {
                      if (y % state.dilationHeight !== 0 || x % state.dilationWidth !== 0) return 0;
                      return lab.weight[
                        firstTap + (y / state.dilationHeight) * kernelWidth + x / state.dilationWidth
                      ]!;
                    }}
                    onEdit={(at, value) => {
                      if (at.y % state.dilationHeight !== 0 || at.x % state.dilationWidth !== 0) return;
                      setWeight(
                        firstTap + (at.y / state.dilationHeight) * kernelWidth + at.x / state.dilationWidth,
                        value,
                      );
                    }}
                  />
                </div>
                {inputs.length > 1 && pixel && (
                  <p className="lab-partial">
                    {signed(
                      pixel.byInput.find((e) => e.inChannel === channel)?.sum ?? 0,
                      boundOfSum(lab, terms),
                      row === 0,
                    )}
                  </p>
                )}
              </div>
            );
          })}
          {inputs.length > FIRST_ROWS && (
            <Button onClick={() => setAllRows(!allRows)}>
              {allRows ? `Only the first ${FIRST_ROWS}` : `All ${inputs.length} input channels of the group`}
            </Button>
          )}
        </div>
        <span className="lab-sign" aria-hidden="true">
          =
        </span>
        {lab.output ? (
          <div className="lab-output">
            <h3 className="lab-head">
              Output <span>{lab.output.shape.join(' × ')}</span>
            </h3>
            {state.outChannels > 1 && <p className="lab-note">out {place.outChannel}</p>}
            <MatrixView
              label={`Output channel ${place.outChannel}`}
              height={lab.output.shape[1]}
              width={lab.output.shape[2]}
              cell={sizes.output}
              colour={colours.output}
              valueAt={(y, x) => lab.output!.data[outputIndex(y, x)]!}
              boundAt={(y, x) => lab.output!.bounds?.[outputIndex(y, x)] ?? 0}
              {...(transposed ? { taps: reached } : { selected: { y: place.y, x: place.x } })}
              onPick={(at) => change({ y: at.y, x: at.x, view: 'forward' })}
              onHover={props.onHover}
              onArrow={moveBy}
            />
            {transposed && (
              <p className="lab-note">
                input y {state.inputY}, x {state.inputX} reaches {reached.length} output
                {reached.length === 1 ? '' : 's'} of each channel
              </p>
            )}
            {state.outChannels > 1 && (
              <OutputChannels
                output={lab.output}
                selected={place.outChannel}
                place={place}
                width={
                  sizes.stacked ? width - 32 : Math.max(sizes.channels, sizes.output * lab.output.shape[2])
                }
                colour={colours.output}
                onSelect={(outChannel) => change({ outChannel })}
              />
            )}
          </div>
        ) : (
          <p className="lab-refused">No output.</p>
        )}
      </div>
    </div>
  );
}

function signed(sum: number, bound: number, first: boolean): string {
  if (first) return bound === 0 ? `= ${formatShortWithin(sum, 0)}` : formatShortWithin(sum, bound);
  return `${sum < 0 ? '−' : '+'} ${formatShortWithin(Math.abs(sum), bound)}`;
}

function dilationNote(state: LabState): string {
  const { dilationHeight: h, dilationWidth: w } = state;
  if (h === 1 && w === 1) return '';
  return `, dilation ${h === w ? h : `${h}, ${w}`}`;
}
