/** Opens the lab. It needs neither a run nor the hub. */
import type { OpenPage } from '../page.js';
import { createLabAddress } from './lab-address.js';
import { LabPage } from './lab-page.js';

export function open(): OpenPage {
  const address = createLabAddress();
  return {
    main: <LabPage address={address} />,
    hash: address.hash,
    problems: address.problems,
    addressChanged: () => address.read(),
    keys: [
      [['Space'], 'slide the window, or pause'],
      [['←', '→'], 'previous, next output'],
      [['↑', '↓'], 'output above, below'],
    ],
  };
}
