/** Opens the lab. It needs neither a run nor the hub. */
import type { OpenPage } from '../page.js';
import { LabPage } from './lab-page.js';

export function open(): OpenPage {
  return {
    main: <LabPage />,
    keys: [
      [['Space'], 'slide the window, or pause'],
      [['←', '→'], 'previous, next output'],
      [['↑', '↓'], 'output above, below'],
    ],
  };
}
