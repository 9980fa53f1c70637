import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { viridisPlugin } from './viridis-plugin.ts';

/** Where `npm run dev` finds the hub. */
const hub = process.env.CONVSCOPE_HUB ?? 'http://localhost:6180';

export default defineConfig({
  // The hub may serve the page under any base path.
  base: './',
  plugins: [react(), viridisPlugin()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // The Content-Security-Policy is default-src 'self': no data: URLs, workers are files of their own.
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api': { target: hub },
      '/socket.io': { target: hub, ws: true },
    },
  },
});
