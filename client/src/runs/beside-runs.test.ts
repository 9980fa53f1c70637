import { expect, it } from 'vitest';
import { createPanel, RAIL_OVERLAID } from '../ui/panel.js';
import { handleRunsKey, RUNS_KEYS } from './beside-runs.js';

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');

it('the help lists each letter that does something to the list of runs', () => {
  const runs = { rail: createPanel(RAIL_OVERLAID), toggleTable: () => undefined };
  const handled = [...LETTERS, ...LETTERS.map((letter) => letter.toUpperCase()), '/'].filter((key) =>
    handleRunsKey(new KeyboardEvent('keydown', { key }), runs),
  );
  expect(handled).toEqual(['b', 'B', '/']);
  const asShown = (key: string) =>
    key === '/' ? [key] : key === key.toLowerCase() ? [key.toUpperCase()] : ['Shift', key];
  expect(RUNS_KEYS.map(([keys]) => keys)).toEqual(expect.arrayContaining(handled.map(asShown)));
});
