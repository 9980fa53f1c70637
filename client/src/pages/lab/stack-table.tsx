/** The receptive field of a small stack of layers, after each of them. */

import { fieldGeometry } from '@convscope/shared/convolution/receptive-field.js';
import { Button } from '../../ui/button.js';
import type { StackLayer } from './lab-state.js';

const COLUMNS = ['kernel', 'stride', 'padding', 'dilation'] as const;
const MOST_LAYERS = 8;

export function StackTable({
  stack,
  onChange,
}: {
  stack: readonly StackLayer[];
  onChange: (stack: StackLayer[]) => void;
}) {
  const geometry = fieldGeometry(
    stack.map((l) => ({
      kernel: [l.kernel, l.kernel],
      stride: [l.stride, l.stride],
      padding: [l.padding, l.padding],
      dilation: [l.dilation, l.dilation],
    })),
  );
  const change = (row: number, column: (typeof COLUMNS)[number], value: number) =>
    onChange(stack.map((layer, i) => (i === row ? { ...layer, [column]: value } : layer)));
  return (
    <section className="lab-section">
      <h3>Receptive field of a stack</h3>
      <table className="lab-stack">
        <thead>
          <tr>
            <th scope="col">layer</th>
            {COLUMNS.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            <th scope="col">sees</th>
            <th scope="col">jump</th>
          </tr>
        </thead>
        <tbody>
          {stack.map((layer, row) => (
            <tr key={row}>
              <th scope="row">{row + 1}</th>
              {COLUMNS.map((column) => (
                <td key={column}>
                  <input
                    type="number"
                    aria-label={`${column} of layer ${row + 1}`}
                    min={column === 'padding' ? 0 : 1}
                    max={32}
                    value={layer[column]}
                    onKeyDown={(event) => event.stopPropagation()}
                    onChange={(event) => {
                      const value = Math.round(Number(event.target.value));
                      if (value >= (column === 'padding' ? 0 : 1) && value <= 32) change(row, column, value);
                    }}
                  />
                </td>
              ))}
              <td>
                <b>
                  {geometry[row]!.size[0]}×{geometry[row]!.size[1]}
                </b>
              </td>
              <td>{geometry[row]!.jump[0]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="lab-row">
        <Button
          disabled={stack.length >= MOST_LAYERS}
          onClick={() =>
            onChange([...stack, stack[stack.length - 1] ?? { kernel: 3, stride: 1, padding: 1, dilation: 1 }])
          }
        >
          Add a layer
        </Button>
        <Button quiet disabled={stack.length <= 1} onClick={() => onChange(stack.slice(0, -1))}>
          Remove the last
        </Button>
        <Button
          quiet
          title="Dilations 1, 2, 4, 8: the field grows as fast as with pooling, the map keeps its size"
          onClick={() =>
            onChange([1, 2, 4, 8].map((d) => ({ kernel: 3, stride: 1, padding: d, dilation: d })))
          }
        >
          Dilations 1, 2, 4, 8
        </Button>
      </p>
    </section>
  );
}
