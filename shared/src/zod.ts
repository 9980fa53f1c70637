/** zod without code generation: it probes `eval` otherwise, which the page's Content-Security-Policy reports. */
import { z } from 'zod';

z.config({ jitless: true });

export { z };
