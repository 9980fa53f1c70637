/* `npm run build`: builds what has changed since it was built, and keeps the rest. `npm run build -- --help` says more.
   ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

var setup = require('./setup.cjs');

var HELP =
  'Usage: npm run build\n\n' +
  'Builds shared, server and client. What has not changed since it was built is kept.\n\n' +
  '  --help  print this\n';

setup.requireNode();
setup.helpIfAsked(HELP);
if (process.argv.length > 2) setup.refuseFlag(process.argv[2]);
setup.build(function () {});
