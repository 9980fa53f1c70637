import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { followFolder } from './testing/follow-folder.js';

async function put(folder: string, ...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), file.endsWith(TORCH_FILE) ? scalar('loss', 1, 1) : 'x');
  }
}

const EMBEDDINGS =
  'projector_config.pbtxt names embeddings, which are not shown here: TensorBoard shows them under Projector.';

it('embeddings and profiles beside event files are named, with what shows them', async () => {
  const folder = await temporaryFolder();
  const profiles = Array.from(
    { length: 5 },
    (_, i) => `run/plugins/profile/2026_01_0${i + 1}/host.xplane.pb`,
  );
  await put(folder, `run/${TORCH_FILE}`, `plain/${TORCH_FILE}`, 'run/projector_config.pbtxt', ...profiles);
  await put(folder, 'run/00000/default/tensors.tsv', 'jax/plugins/profile/first/host.xplane.pb');
  const logdir = await followFolder(folder);
  const beside = (run: string) => logdir.runs.get(run)?.summary().beside;
  await vi.waitFor(() =>
    expect(beside('run')).toEqual([
      EMBEDDINGS,
      'plugins/profile holds 5 profiles, which are not shown here (2026_01_01, 2026_01_02, 2026_01_03 and 2 more): TensorBoard shows them under Profile, with the plugin that pip installs as tensorboard-plugin-profile.',
    ]),
  );
  expect(beside('plain')).toBeUndefined();
  // Where there is no event file, there is no run that could say it.
  expect(logdir.notices).toEqual([
    expect.stringMatching(/^jax\/plugins\/profile holds a profile, which is not shown here \(first\)/),
  ]);
  await put(
    folder,
    'run/host_1.1706000000.pt.trace.json',
    'run/host_1.json',
    'jax/host_1.9.pt.trace.json.gz',
  );
  await vi.waitFor(
    () =>
      expect(beside('run')).toContain(
        "host_1.1706000000.pt.trace.json is a trace of PyTorch's profiler, which is not shown here: Perfetto (https://ui.perfetto.dev) and chrome://tracing open it.",
      ),
    { timeout: 30_000 },
  );
  await rm(join(folder, 'run', 'host_1.1706000000.pt.trace.json'));
  await rm(join(folder, 'run', 'plugins'), { recursive: true });
  await vi.waitFor(() => expect(beside('run')).toEqual([EMBEDDINGS]), { timeout: 30_000 });
});
