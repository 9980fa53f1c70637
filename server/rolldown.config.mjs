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

const nameOf = (path) => path.split('/').at(-1);

/**
 * Writes other letters as escapes: V8 keeps the text of a file with one letter beyond Latin-1 in two bytes a letter, which
 * was 4 MB of the hub's memory. Positions in the source map keep their lines.
 */
const inAscii = {
  name: 'in-ascii',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const raw = /String\.raw`[^`]*?[^\0-\x7f`]|\\[^\0-\x7f]/.exec(chunk.code);
      // There an escape would mean something else.
      if (raw !== null) this.error(`${chunk.fileName} has letters that cannot be escaped: ${raw[0]}`);
      chunk.code = chunk.code.replace(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/**
 * What the hub names by an ending, of the table of 2,500 media types that express brings along: sorting it took 12 ms of a
 * start. All other types are named whole.
 */
const NAMED_TYPES = ['application/json', 'application/octet-stream', 'text/html', 'text/plain'];
const fewMediaTypes = {
  name: 'few-media-types',
  transform(code, id) {
    if (!/mime-db[\\/]db\.json$/.test(id)) return null;
    const types = JSON.parse(code);
    return {
      code: JSON.stringify(Object.fromEntries(NAMED_TYPES.map((type) => [type, types[type]]))),
      map: null,
    };
  },
};

/**
 * Tables of East Asian encodings, 430 kB of source in memory. The hub takes bodies of JSON only, which express refuses unless they
 * are in Unicode.
 */
const noEncodingTables = {
  name: 'no-encoding-tables',
  transform(_code, id) {
    return /iconv-lite[\\/]encodings[\\/]tables[\\/]/.test(id) ? { code: '{}', map: null } : null;
  },
};

/**
 * Each program is a file that loads `NAME.program.js`: it brings along the code that V8 compiled before. In threads and
 * processes too, whichever way they are started.
 */
const LOADER = 'load-program';
const loadedPrograms = {
  name: 'loaded-programs',
  generateBundle() {
    for (const path of PROGRAMS) {
      const name = nameOf(path);
      const source = `module.exports = require('./${LOADER}.js').loadProgram(__dirname, '${name}.program.js');\n`;
      this.emitFile({ type: 'asset', fileName: `${name}.js`, source });
    }
  },
};

/**
 * CommonJS, which Node loads in half the time: a hub's start takes 30 ms less than with ES modules, and 3 MB. In the folder
 * Node reads `.js` as such, so that the programs have the same names here as where they are not bundled.
 */
const commonJs = {
  name: 'common-js',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
  },
};

export default defineConfig({
  plugins: [inAscii, fewMediaTypes, noEncodingTables, commonJs, loadedPrograms],
  input: Object.fromEntries(
    [...PROGRAMS, `machine/${LOADER}`].map((path) => [nameOf(path), `src/${path}.ts`]),
  ),
  platform: 'node',
  // tfjs finds its files beside its own, and ws does without these two where they are not installed.
  external: [/^@tensorflow\//, 'bufferutil', 'utf-8-validate'],
  resolve: {
    conditionNames: ['source', 'node'],
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
  output: {
    dir: 'dist/bundle',
    format: 'cjs',
    cleanDir: true,
    sourcemap: true,
    entryFileNames: ({ name }) => (name === LOADER ? '[name].js' : '[name].program.js'),
    chunkFileNames: '[name]-[hash].js',
  },
});
