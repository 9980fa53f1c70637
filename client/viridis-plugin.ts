/**
 * `virtual:viridis`: matplotlib's viridis from d3-scale-chromatic, as one string of 256 × RRGGBB. The package is one
 * bundle whose tables are all kept by tree-shaking (10 kB gzipped), so the table is read at build time.
 */
import { interpolateViridis } from 'd3-scale-chromatic';
import type { Plugin } from 'vite';

const NAME = 'virtual:viridis';

export function viridisPlugin(): Plugin {
  return {
    name: 'convscope:viridis',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load(id) {
      if (id !== `\0${NAME}`) return undefined;
      // d3 looks up a table of 256 entries: entry i is at i/256, and nothing is interpolated.
      const hex = Array.from({ length: 256 }, (_, i) => interpolateViridis(i / 256).slice(1)).join('');
      return `export const VIRIDIS_HEX = ${JSON.stringify(hex)};`;
    },
  };
}
