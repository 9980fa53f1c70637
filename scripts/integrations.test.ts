import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pythonWith } from '#server/testing/python.js';

const INTEGRATIONS = [
  { name: 'pytorch', packages: ['torch', 'tensorboard'] },
  { name: 'keras', packages: ['keras', 'torch', 'tensorboard'] },
];

describe('the integrations', () => {
  it.for(INTEGRATIONS)('pass the tests of $name', { timeout: 600_000 }, ({ name, packages }, { skip }) => {
    const missing = packages.find((one) => pythonWith(one) === undefined);
    if (missing !== undefined) {
      return skip(
        `No Python here has ${missing}. "python3 -m pip install ${packages.join(' ')}" installs what the tests need; ` +
          'CONVSCOPE_PYTHON names another Python.',
      );
    }
    const folder = fileURLToPath(new URL(`../integrations/${name}/`, import.meta.url));
    const python = process.env['CONVSCOPE_PYTHON'] || 'python3';
    const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'test_convscope'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', KERAS_BACKEND: 'torch' },
    });
    expect(status, stderr).toBe(0);
  });

  it('have the same checksum, since each of them is copied as one file', () => {
    const checksums = INTEGRATIONS.map(({ name }) => {
      const text = readFileSync(new URL(`../integrations/${name}/convscope.py`, import.meta.url), 'utf8');
      return /^# -+ its checksum\n[\s\S]*?record_writer\.masked_crc32c = _masked_crc32c$/m.exec(text)?.[0];
    });
    expect(checksums[0]).toBeDefined();
    expect(checksums[0]).toBe(checksums[1]);
  });
});
