/** Runs before every test file. The files that a worker runs share one window, which each of them finds empty. */
import { vi } from 'vitest';

vi.useRealTimers();
vi.unstubAllGlobals();
location.hash = '';
localStorage.clear();
sessionStorage.clear();
document.body.replaceChildren();
