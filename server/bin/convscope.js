#!/usr/bin/env node
// A CommonJS module, since loading the first ES module starts Node's threads for files, with whatever number is set then.
// A call to a disk that does not answer keeps one of them, and there are 4 by default.
process.env.UV_THREADPOOL_SIZE ??= '16';

import('../dist/cli/cli.js').then(({ run }) => run(process.argv));
