import { messageOf } from '@convscope/shared/message-of.js';
import { zipSync } from 'fflate';
import { useState } from 'react';
import type { Limits, LutName } from '../../../drawing/lut.js';
import { boundOf, type MapStack, valuesOf } from '../../../drawing/map-stack.js';
import { usePalette } from '../../../drawing/palette.js';
import { copyText } from '../../../ui/copy-text.js';
import { download } from '../../../ui/download.js';
import { Icon } from '../../../ui/icons.js';
import { Menu, type MenuItem } from '../../../ui/menu.js';
import type { Statistics } from '../frames/channel-statistics.js';
import { csvOf, exactnessOf, literalOf, mostOf, statisticsCsv, type TakenArray } from './array-text.js';
import { pngOfGrid } from './grid-picture.js';
import { npyOf } from './npy.js';

/** What a pane shows. */
export interface Taken {
  /** Such as `conv1 output relu, probe 0, step 20`. */
  readonly title: string;
  readonly stack: MapStack;
  /** Of the array, where it is not that of the stack: [out, in, y, x] of kernels. */
  readonly shape?: readonly number[];
  readonly axes: readonly string[];
  readonly order: readonly number[];
  readonly nameOf: (channel: number) => string;
  readonly lut: LutName;
  readonly limits: (channel: number) => Limits;
  /** The chosen place on the first axis, whose values are copied. */
  readonly chosen: number;
  readonly chosenName: string;
  readonly statistics?: { readonly title: string; readonly values: Statistics } | undefined;
}

/** A picture of more maps says nothing to anybody. */
const MOST_MAPS = 4096;

export function OpenTakeMenu({
  label,
  taken,
}: {
  readonly label: string;
  readonly taken: () => Taken | undefined;
}) {
  const palette = usePalette();
  const [problem, setProblem] = useState<string>();
  const now = taken();
  const isQuantised = now !== undefined && mostOf(boundsOf(now)) > 0;
  const item = (text: string, work: (of: Taken) => Promise<unknown> | undefined): MenuItem => ({
    text,
    disabled: now === undefined,
    onChoose() {
      const of = taken();
      if (of === undefined) return;
      setProblem(undefined);
      Promise.resolve()
        .then(() => work(of))
        .catch((error: unknown) => setProblem(messageOf(error)));
    },
  });
  const save = (of: Pick<Taken, 'title'>, end: string, bytes: Uint8Array | string, type: string) => {
    download(`${of.title.replaceAll(',', '')}.${end}`, bytes, type);
    return undefined;
  };
  return (
    <>
      <Menu
        label={label}
        defaultOpen
        items={[
          [
            item('Save the grid as PNG', async (of) => {
              const order = of.order.slice(0, MOST_MAPS);
              save(of, 'png', await pngOfGrid({ ...of, order, channel: of.chosen, palette }), 'image/png');
            }),
          ],
          [
            item('Save all values as NPY', (of) =>
              save(of, npyEnd(of), npyOfTaken(of), 'application/octet-stream'),
            ),
            ...(isQuantised
              ? [item('Save values and bounds as NPZ', (of) => save(of, 'npz', npzOf(of), 'application/zip'))]
              : []),
            item('Save all values as CSV', (of) => save(of, 'csv', csvOf(arrayOf(of)), 'text/csv')),
            ...(now?.statistics === undefined
              ? []
              : [
                  item(
                    'Save the statistics as CSV',
                    (of) =>
                      of.statistics &&
                      save(
                        of.statistics,
                        'statistics.csv',
                        statisticsCsv(of.statistics.title, of.statistics.values),
                        'text/csv',
                      ),
                  ),
                ]),
          ],
          [
            item(`Copy ${now?.chosenName ?? 'the channel'} as NumPy literal`, (of) =>
              copyText(literalOf(chosenOf(of))),
            ),
          ],
        ]}
      >
        <Icon name="more" />
      </Menu>
      {problem !== undefined && (
        <span className="small is-warn" role="status">
          {problem}
        </span>
      )}
    </>
  );
}

function boundsOf({ stack, shape }: Taken): Float64Array {
  // Kernels are exact; of maps each channel has its own bound.
  const count = shape?.[0] ?? stack.shape[0];
  return Float64Array.from({ length: count }, (_, channel) =>
    shape === undefined ? boundOf(stack, channel) : 0,
  );
}

function arrayOf(taken: Taken): TakenArray {
  const { title, stack, shape = stack.shape, axes } = taken;
  return { title, values: valuesOf(stack), shape, axes, bounds: boundsOf(taken) };
}

/** The chosen channel alone. */
function chosenOf(taken: Taken): TakenArray {
  const { values, shape, axes, bounds } = arrayOf(taken);
  const size = values.length / Math.max(1, shape[0] ?? 1);
  const from = taken.chosen * size;
  return {
    title: `${taken.title}, ${taken.chosenName}`,
    values: values.slice(from, from + size),
    shape: shape.slice(1),
    axes: axes.slice(1),
    bounds: bounds.slice(taken.chosen, taken.chosen + 1),
  };
}

function npyOfTaken(taken: Taken): Uint8Array {
  const { values, shape } = arrayOf(taken);
  return npyOf(values, shape);
}

/** The format has no place for a remark, so the name says how exact quantised values are. */
function npyEnd(taken: Taken): string {
  const most = mostOf(boundsOf(taken));
  return most === 0 ? 'npy' : `within-${Number(most.toPrecision(3))}.npy`;
}

/** `numpy.load` gives `values`, `bounds` of each channel, and `about.txt`. */
function npzOf(taken: Taken): Uint8Array {
  const array = arrayOf(taken);
  const about = `${array.title}\n${exactnessOf(array)}\nAxes: ${array.axes.join(', ')}. bounds: of each ${array.axes[0]}.\n`;
  return zipSync(
    {
      'values.npy': npyOf(array.values, array.shape),
      'bounds.npy': npyOf(array.bounds, [array.bounds.length]),
      'about.txt': new TextEncoder().encode(about),
    },
    { level: 6 },
  );
}
