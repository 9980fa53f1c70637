/** A program that takes a backend's name, loads the backend as training would, and has it compute. */
import process from 'node:process';
import { checkNumbers } from '../native-install/check-numbers.js';
import { BACKEND_NAMES, loadBackend } from '../tfjs/backend.js';
import { type BackendProbe, PROBE_MARK } from './backend-probe.js';

async function probeBackend(): Promise<BackendProbe> {
  const wanted = BACKEND_NAMES.find((name) => name === process.argv[2]);
  if (wanted === undefined) throw new Error(`Pass the name of a backend: ${BACKEND_NAMES.join(', ')}.`);
  const started = performance.now();
  const backend = await loadBackend({ wanted });
  checkNumbers(backend.tf);
  return {
    library: backend.library,
    source: backend.source ?? null,
    device: backend.device,
    threads: backend.threads ?? null,
    milliseconds: Math.round(performance.now() - started),
  };
}

void probeBackend().then((probe) => {
  // Exit explicitly: the threads of the wasm backend would keep the process alive.
  process.stdout.write(`${PROBE_MARK}${JSON.stringify(probe)}\n`, () => process.exit(0));
});
