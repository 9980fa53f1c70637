/**
 * zod's small build, a quarter of the whole one, which the page loads. Its English messages are chosen here, and code
 * generation is off: zod probes `eval` otherwise, which the page's Content-Security-Policy reports.
 */
import { z } from 'zod/mini';
import english from 'zod/v4/locales/en.js';

z.config({ ...english(), jitless: true });

export { z };
