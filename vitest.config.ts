import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vitest/config';
import { viridisPlugin } from './client/viridis-plugin.ts';
import { FirstFailures } from './scripts/testing/first-failures.ts';

// Workspace imports resolve to the sources (export condition "source"), so that tests need no build.
// Vitest hands these to Node as well: with 'import' among them, CommonJS packages (engine.io) would be given ESM.
const source = { conditions: ['source', 'node'] };

const TFJS_TESTS = [
  'src/{tfjs,conv2d,summary-writer}/**/*.test.ts',
  'src/trainer/train-*.test.ts',
  'src/trainer/capture/layer-measures.test.ts',
  'src/doctor/doctor.test.ts',
  'src/cli/examples.test.ts',
  'examples/**/*.test.ts',
];
/** Those on another backend than wasm with one thread. tfjs has one engine a process, and wasm one number of threads. */
const OTHER_BACKENDS = [
  'src/tfjs/wasm-kernels-*.test.ts',
  'src/conv2d/{conv2d-native,program-text}.test.ts',
  'src/trainer/train-tfjs-*.test.ts',
];

/** Since version 25 Node has a localStorage of its own, in place of that of the pretended browser. Older ones lack the flag. */
const noWebStorage = Number.parseInt(process.versions.node, 10) >= 25 ? ['--no-webstorage'] : [];

// Processes of convscope share what was compiled of it, although each test gives them a cache of its own.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/compiled-code', import.meta.url),
);

const packageFiles = ['.', 'shared', 'server', 'client']
  .map((folder) => readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8'))
  .join('\n');
const keyOfPackages = () => packageFiles;
/** Where an import leads is kept with the module (fsModuleCache), and the package.json files say it. */
const packages: Plugin = {
  name: 'convscope:packages',
  configureVitest: ({ experimental_defineCacheKeyGenerator: define }) => define(keyOfPackages),
};

// Where `isolate` is false, the files that a worker runs share its process and its modules: to start and to load them anew
// takes longer than most tests.
export default defineConfig({
  test: {
    // A file that has not changed since the last run is not transformed again.
    experimental: { fsModuleCache: true },
    // Many tests wait for processes and browsers of their own, so that two of them fit even on two cores.
    maxWorkers: Math.max(4, availableParallelism()),
    reporters: ['default', new FirstFailures()],
    projects: [
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'shared',
          root: 'shared',
          include: ['src/**/*.test.ts'],
          setupFiles: ['src/testing/setup.ts'],
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'server',
          root: 'server',
          include: ['src/**/*.test.ts'],
          exclude: TFJS_TESTS,
          setupFiles: ['../shared/src/testing/setup.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One more try for what depends on when a busy machine reads and sends. The report says which tests needed it, and why.
          retry: 1,
        },
      },
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'tfjs',
          root: 'server',
          include: TFJS_TESTS,
          exclude: OTHER_BACKENDS,
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'tfjs-other-backends',
          root: 'server',
          include: OTHER_BACKENDS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [packages, viridisPlugin()],
        resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
        test: {
          name: 'client',
          root: 'client',
          include: ['src/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          execArgv: noWebStorage,
          isolate: false,
          setupFiles: ['src/testing/setup.ts', '../shared/src/testing/setup.ts'],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'scripts',
          root: 'scripts',
          include: ['**/*.test.ts'],
          exclude: ['browser/**', '**/node_modules/**'],
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [packages],
        resolve: source,
        ssr: { resolve: source },
        test: {
          name: 'browser',
          root: 'scripts',
          include: ['browser/**/*.test.ts'],
          globalSetup: ['browser/support/global-setup.ts'],
          // A worker keeps its browser and its trained run from file to file: see browser/support/test-browser.ts.
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // The usual second is too short for a browser on a machine that is busy.
          expect: { poll: { timeout: 15_000 } },
          // One more try for what depends on when a busy machine draws. The report says which tests needed it, and why.
          retry: 1,
        },
      },
    ],
  },
});
