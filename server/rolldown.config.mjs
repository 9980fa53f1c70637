/**
 * The programs of the command line and their threads in few files: loading some 300 takes longer than anything else that a
 * start does. `bin/convscope.js` runs them. Others import the package's own files.
 */
import { defineConfig } from 'rolldown';

/** What is run by its path: `builtFile` looks for it beside the file that starts it. */
const PROGRAMS = [
  'capture-history/history-thread',
  'cli/cli',
  'cli/hub-process',
  'cli/trainer-process',
  'doctor/probe-backend',
  'logdir/bulk/bulk-thread',
  'native-install/smoke-test',
  'writer/writer-thread',
];

export default defineConfig({
  input: Object.fromEntries(PROGRAMS.map((path) => [path.split('/').at(-1), `src/${path}.ts`])),
  platform: 'node',
  // tfjs finds its files beside its own, and ws does without these two where they are not installed.
  external: [/^@tensorflow\//, 'bufferutil', 'utf-8-validate'],
  resolve: {
    conditionNames: ['source', 'node'],
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    sourcemap: true,
    chunkFileNames: '[name]-[hash].js',
  },
});
