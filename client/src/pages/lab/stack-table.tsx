/** The receptive field of a small stack of layers, after each of them. */

import { fieldGeometry } from '@convscope/shared/convolution/receptive-field.js';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { MOST_LAYERS, MOST_OF_LAYER, type StackLayer } from './lab-state.js';

const COLUMNS = ['kernel', 'stride', 'padding', 'dilation'] as const;
type Column = (typeof COLUMNS)[number];

function leastOf(column: Column): number {
  return column === 'padding' ? 0 : 1;
}

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
  /** What was typed last and is not used, and where. */
  const [typed, setTyped] = useState<{ row: number; column: Column; text: string }>();
  const take = (row: number, column: Column, text: string): void => {
    const value = Number(text);
    const fits = text !== '' && Number.isInteger(value) && value >= leastOf(column) && value <= MOST_OF_LAYER;
    setTyped(fits ? undefined : { row, column, text });
    if (fits) onChange(stack.map((layer, i) => (i === row ? { ...layer, [column]: value } : layer)));
  };
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
                    min={leastOf(column)}
                    max={MOST_OF_LAYER}
                    value={typed?.row === row && typed.column === column ? typed.text : layer[column]}
                    aria-invalid={(typed?.row === row && typed.column === column) || undefined}
                    onKeyDown={(event) => event.stopPropagation()}
                    onBlur={() => setTyped(undefined)}
                    onChange={(event) => take(row, column, event.target.value)}
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
      {typed !== undefined && typed.text !== '' && (
        <p className="lab-warn" role="alert">
          “{typed.text}” is not used: {typed.column} of layer {typed.row + 1} is a whole number from{' '}
          {leastOf(typed.column)} to {MOST_OF_LAYER}. It stays {stack[typed.row]?.[typed.column]}.
        </p>
      )}
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
