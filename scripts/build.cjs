/* `npm run build`: builds what has changed, and keeps the rest. ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

require('./setup.cjs').build(function () {});
