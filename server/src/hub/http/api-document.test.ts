import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import { describe, expect, it } from 'vitest';
import { packageVersion } from '../../machine/package-version.js';
import { frames, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

const document = await readFile(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
const examples = Array.from(
  document.matchAll(/```sh\n(curl [^`]*)```\n\n```text\n([^`]*)```/g),
  ([, command, output]) => ({ command: command!.trim(), output: output!.trimEnd() }),
);

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('docs/api.md', () => {
  it('describes every address', () => {
    for (const address of [...Object.values(API), ...Object.values(HTTP)])
      expect(document).toMatch(new RegExp(`\`(GET|POST|GET\` or \`POST) ${address}[\`?]`));
  });

  it.skipIf(!hasCurl())('has examples that answer what it says', async () => {
    const logdir = join(await temporaryFolder(), 'runs');
    await mkdir(join(logdir, 'mnist/a'), { recursive: true });
    const losses = [2.5, 1.5, Number.NaN, 0.75, 0.5].map((loss, step) => scalar('loss', step, loss));
    const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
    const pictures = [0, 4].map((step) =>
      frames({ kind: 'image', tag: 'input', step, wallTime: 1, width: 1, height: 1, images: [png] }),
    );
    const bytes = Buffer.concat([...losses, scalar('accuracy', 4, 0.875), ...pictures]);
    await writeFile(join(logdir, 'mnist/a', TORCH_FILE), bytes);
    const profile = join(logdir, 'mnist/a/plugins/profile/2026_01_31_23_59_59');
    await mkdir(profile, { recursive: true });
    await writeFile(join(profile, 'host.xplane.pb'), 'profile');
    const hub = await startTestHub({ logdir });
    await waitFor(() => expect(hub.logdir.runs.get('mnist/a')?.summary().readToEnd).toBe(true));
    const generation = String(hub.logdir.runs.get('mnist/a')?.generation);

    expect(examples.length).toBeGreaterThanOrEqual(7);
    for (const { command, output } of examples) {
      const line = command.replaceAll('http://localhost:6180', hub.url);
      const { stdout } = await promisify(execFile)('sh', ['-c', line]);
      const said = stdout
        .replaceAll('\r\n', '\n')
        .replaceAll(generation, 'GENERATION')
        .replaceAll(JSON.stringify(hub.root).slice(1, -1), 'LOGDIR')
        .replaceAll(`"version":"${packageVersion()}"`, '"version":"VERSION"');
      expect(`${command}\n${said.trimEnd()}`).toBe(`${command}\n${output}`);
    }
  });
});
