/** The rooms of the source tree, for the tests of the imports and of ARCHITECTURE.md. */

/** What the logdir offers; its index is its own. */
const LOGDIR = ['server/src/logdir/logdir.ts'];

/** What the parts of the run page share. */
const RUN_STATE = [
  'client/src/pages/run/state',
  'client/src/pages/run/frames',
  'client/src/pages/run/run-page-context.ts',
  'client/src/pages/run/flag-names.ts',
];

/** What every page may import. */
export const PAGE_ROOMS: readonly string[] = [
  'client/src/pages/page.ts',
  'client/src/runs',
  'client/src/blobs',
  'client/src/charts',
  'client/src/sources',
  'client/src/grids',
  'client/src/drawing',
  'client/src/decode',
  'client/src/series',
  'client/src/ui',
];

/**
 * Who may import whom, folder by folder. A file belongs to the longest path that holds it. A room may import itself,
 * the rooms below it, and the rooms named with all that lies below them. Tests and `testing/` folders are exempt.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'shared/src': [],
  'shared/src/protocol': ['shared/src'],
  'shared/src/event-log': ['shared/src'],
  'shared/src/log-index': ['shared/src'],
  'shared/src/file-log': ['shared/src'],
  'shared/src/export': ['shared/src'],
  'shared/src/answers': ['shared/src'],
  'shared/src/answers/series': ['shared/src'],
  'shared/src/channels': ['shared/src'],
  'shared/src/convolution': ['shared/src'],
  'shared/src/layers': ['shared/src'],

  'server/src/machine': [],
  'server/src/storage': ['server/src/machine'],
  'server/src/tfjs': ['server/src/machine'],
  'server/src/logdir': ['server/src/storage', 'server/src/machine'],
  'server/src/logdir/bulk': ['server/src/machine'],
  'server/src/pixel-columns': ['server/src/machine'],
  'server/src/capture-history': ['server/src/machine'],
  'server/src/writer': ['server/src/machine'],
  'server/src/conv2d': ['server/src/tfjs', 'server/src/machine'],
  'server/src/summary-writer': ['server/src/tfjs', 'server/src/machine'],
  'server/src/native-install': ['server/src/tfjs', 'server/src/machine'],
  'server/src/hub': [
    'server/src/export',
    'server/src/capture-history',
    'server/src/logdir',
    'server/src/storage',
    'server/src/writer',
    'server/src/machine',
  ],
  'server/src/hub/alerts': [...LOGDIR],
  'server/src/hub/run-care': [...LOGDIR, 'server/src/storage', 'server/src/machine'],
  'server/src/hub/http': [
    'server/src/export',
    'server/src/capture-history',
    'server/src/pixel-columns',
    'server/src/hub/run-care',
    ...LOGDIR,
    'server/src/machine',
  ],
  'server/src/hub/control': [...LOGDIR, 'server/src/machine'],
  'server/src/hub/ingest': [
    'server/src/hub/control',
    'server/src/logdir',
    'server/src/storage',
    'server/src/writer',
    'server/src/machine',
  ],
  'server/src/hub/live': [...LOGDIR, 'server/src/machine'],

  'server/src/trainer': ['server/src/writer', 'server/src/tfjs', 'server/src/machine'],
  'server/src/trainer/data': ['server/src/trainer/random.ts', 'server/src/machine', 'server/src/tfjs'],
  'server/src/trainer/net': ['server/src/trainer/random.ts', 'server/src/tfjs', 'server/src/machine'],
  'server/src/trainer/capture': [
    'server/src/trainer/data',
    'server/src/trainer/net',
    'server/src/writer',
    'server/src/tfjs',
  ],
  'server/src/export': ['server/src/logdir', 'server/src/storage', 'server/src/machine'],
  'server/src/dump': ['server/src/logdir', 'server/src/storage', 'server/src/machine'],
  'server/src/doctor': [
    'server/src/trainer',
    'server/src/native-install',
    'server/src/tfjs',
    'server/src/machine',
  ],
  'server/src/cli': ['server/src'],

  'client/src/ui': [],
  'client/src/ui/jsx': [],
  'client/src/series': [],
  'client/src/decode': ['client/src/sources/requests.ts', 'client/src/sources/source.ts'],
  'client/src/drawing': ['client/src/decode', 'client/src/ui'],
  'client/src/grids': ['client/src/drawing', 'client/src/decode', 'client/src/ui'],
  'client/src/sources': ['client/src/series', 'client/src/ui'],
  'client/src/sources/file-source': [
    'client/src/sources/source.ts',
    'client/src/decode',
    'client/src/series',
  ],
  'client/src/charts': ['client/src/series', 'client/src/ui'],
  'client/src/blobs': [
    'client/src/runs',
    'client/src/sources',
    'client/src/series',
    'client/src/decode',
    'client/src/ui',
  ],
  'client/src/runs': ['client/src/sources', 'client/src/series', 'client/src/drawing', 'client/src/ui'],
  // What the app and a page know of each other.
  'client/src/pages': ['client/src/runs', 'client/src/ui'],
  ...pages({
    'client/src/pages/run': [],
    'client/src/pages/run/frames': [],
    'client/src/pages/run/state': ['client/src/pages/run/frames', 'client/src/pages/compare/view.ts'],
    'client/src/pages/run/shown': [...RUN_STATE],
    'client/src/pages/run/take-away': ['client/src/pages/run/frames'],
    'client/src/pages/run/grids': [
      ...RUN_STATE,
      'client/src/pages/run/shown',
      'client/src/pages/run/take-away',
    ],
    'client/src/pages/run/timeline': [...RUN_STATE],
    'client/src/pages/run/ask': [...RUN_STATE],
    'client/src/pages/run/inspector': [
      ...RUN_STATE,
      'client/src/pages/run/shown',
      'client/src/pages/run/unit',
      'client/src/pages/lab/lab-state.ts',
    ],
    'client/src/pages/run/unit': [...RUN_STATE, 'client/src/pages/run/shown', 'client/src/pages/run/ask'],
    'client/src/pages/scalars': [],
    'client/src/pages/distributions': [],
    'client/src/pages/images': [],
    'client/src/pages/text': [],
    'client/src/pages/hparams': [],
    'client/src/pages/other': [],
    'client/src/pages/summary': [],
    'client/src/pages/compare': ['client/src/pages/run/frames', 'client/src/pages/run/state/run-view.ts'],
    'client/src/pages/lab': [],
  }),
  'client/src/app': ['client/src'],
  'client/src': ['client/src'],
};

/** Of another page, a page may import only the files named in its row. */
function pages(also: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(also).map(([page, more]) => [page, [...PAGE_ROOMS, ...more]]));
}

/** The room that a file belongs to. */
export function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => file.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

export function isWithin(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}
