import { exactly, type Reading, within } from '@convscope/shared/convolution/reading.js';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, it, vi } from 'vitest';
import { Cells } from './cells.js';

const LUT = new Uint32Array(256);

/** The numbers of a patch and their sizes. */
async function drawn(values: readonly Reading[]): Promise<{ texts: string[]; sizes: string[] }> {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const box = document.createElement('div');
  const root = createRoot(box);
  const limits = { lo: -1, hi: 1 };
  await act(async () =>
    root.render(<Cells values={values} columns={3} size={36} lut={LUT} limits={limits} numbers />),
  );
  const cells = [...box.querySelectorAll('text')];
  await act(async () => root.unmount());
  return {
    texts: cells.map((cell) => cell.textContent ?? ''),
    sizes: [...new Set(cells.map((cell) => cell.getAttribute('font-size') ?? ''))],
  };
}

afterEach(() => vi.unstubAllGlobals());

it('draws all numbers of a patch smaller where one would nearly touch its neighbour', async () => {
  const near = (value: number) => within(value, 0.01);
  expect(await drawn([exactly(-0.61), exactly(1.24), exactly(12)])).toEqual({
    texts: ['−.61', '1.2', '12'],
    sizes: ['11'],
  });
  expect(await drawn([near(0.61), near(0)])).toEqual({ texts: ['≈.61', '≈.00'], sizes: ['11'] });
  expect(await drawn([near(-0.61), near(0.2)])).toEqual({ texts: ['≈−.61', '≈.20'], sizes: ['10'] });
  expect(await drawn([exactly(-612), exactly(1)])).toEqual({ texts: ['−612', '1.0'], sizes: ['10'] });
});
