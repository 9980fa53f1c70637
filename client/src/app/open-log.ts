import { createContext } from 'react';
import type { OpenedLog } from '../sources/file-source/log-service.js';

/** Shows files instead of what is shown now. */
export const OpenLogContext = createContext<(log: OpenedLog) => Promise<void>>(async () => undefined);
