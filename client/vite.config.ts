import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { chunkGroups } from './chunk-groups.ts';
import { devRulesPlugin } from './dev-rules-plugin.ts';
import { oneFilePlugin } from './one-file-plugin.ts';
import { preloadPlugin } from './preload-plugin.ts';
import { viridisPlugin } from './viridis-plugin.ts';

/** Where `npm run dev` finds the hub. */
const hub = process.env.CONVSCOPE_HUB ?? 'http://localhost:6180';

export default defineConfig(({ isSsrBuild }) => ({
  // The hub may serve the page under any base path.
  base: './',
  plugins: [react(), viridisPlugin(), devRulesPlugin(), preloadPlugin(), oneFilePlugin()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // The Content-Security-Policy is default-src 'self': no data: URLs, workers are files of their own.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // One module that is built for Node has none of the pages.
        codeSplitting: { groups: isSsrBuild ? [] : chunkGroups() },
      },
    },
  },
  worker: { format: 'es' },
  server: {
    host: 'localhost',
    cors: false,
    // Not the whole repository, which holds ./runs and whatever else lies there.
    fs: {
      allow: [
        ...['index.html', 'src', 'public', 'node_modules/.vite', '../shared/src'],
        '../node_modules/@fontsource-variable',
      ],
    },
    proxy: {
      '/api': { target: hub },
      '/socket.io': { target: hub, ws: true },
    },
  },
}));
