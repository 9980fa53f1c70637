import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../native-install/testing/fake-commands.js';
import { nativeTree, RECEIPT_FILE } from '../tfjs/locate-native.js';
import { judgeBackends, probeBackend } from './check-backends.js';
import { doctor } from './doctor.js';
import { formatDoctorReport } from './format-report.js';
import type { BackendReport } from './report.js';

const GPU = 'NVIDIA A100, 550.54, 40960 MiB';
const NATIVE_ON_CPU: BackendReport = {
  name: 'tfjs-node-gpu',
  loads: true,
  library: 'libtensorflow 2.9.1',
  source: 'installed by you',
  directory: '/somewhere',
  device: 'cpu',
  cuda: 'CUDA 11.2 and cuDNN 8.1, from the machine',
};
const ABSENT: BackendReport = { name: 'tfjs-node', loads: false, reason: 'it is not installed' };
const WASM: BackendReport = {
  name: 'wasm',
  loads: true,
  library: 'tfjs-backend-wasm',
  device: 'cpu',
  threads: 2,
};

describe('judgeBackends', () => {
  it('names the backend that training uses, its library and the CUDA version it needs', () => {
    const [gpu, cpu] = judgeBackends([NATIVE_ON_CPU, ABSENT, WASM], []);
    expect(gpu).toEqual({
      name: 'tfjs-node-gpu',
      status: 'ok',
      text: 'libtensorflow 2.9.1, installed by you, on the CPU, CUDA: CUDA 11.2 and cuDNN 8.1, from the machine; training uses it',
    });
    expect(cpu).toEqual({ name: 'tfjs-node', status: 'ok', text: 'it is not installed' });
  });

  it('advises the native install if only wasm works', () => {
    const checks = judgeBackends([{ ...ABSENT, name: 'tfjs-node-gpu' }, ABSENT, WASM], []);
    expect(checks.map((check) => check.status)).toEqual(['note', 'note', 'ok']);
    expect(checks[0]?.advice).toMatch(/npm run install-native/);
    expect(checks[2]?.text).toBe('tfjs-backend-wasm, 2 threads; training uses it');
  });

  it('reports a problem if there is a GPU that is not used', () => {
    const [check] = judgeBackends([NATIVE_ON_CPU, ABSENT, WASM], [GPU]);
    expect(check).toMatchObject({
      status: 'problem',
      advice: expect.stringMatching(/together with the CUDA libraries/),
    });
  });

  it('reports a problem if an installed native package does not load', () => {
    const broken: BackendReport = {
      name: 'tfjs-node',
      loads: false,
      directory: '/somewhere',
      reason: 'it crashed (SIGSEGV)',
    };
    const checks = judgeBackends([{ ...ABSENT, name: 'tfjs-node-gpu' }, broken, WASM], []);
    expect(checks[1]).toMatchObject({ status: 'problem', text: 'does not work: it crashed (SIGSEGV)' });
  });
});

describe('probing a backend', () => {
  let home: string;
  let cacheDirectory: string;
  beforeEach(async () => {
    home = await temporaryDirectory();
    cacheDirectory = join(home, 'convscope');
    vi.stubEnv('XDG_CACHE_HOME', home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  });

  async function putPackage(index: string): Promise<void> {
    const tree = nativeTree('tfjs-node', cacheDirectory);
    const directory = join(tree, 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(join(directory, 'lib', 'napi-v8'), { recursive: true });
    await writeFile(join(directory, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    await writeFile(join(directory, 'package.json'), '{"main":"index.js"}');
    await writeFile(join(directory, 'index.js'), index);
    const receipt = {
      package: 'tfjs-node',
      version: '4.22.0',
      library: 'libtensorflow 2.15.1',
      way: 'PyPI',
      kind: 'cpu',
    };
    const rest = { cuda: 'none (the CPU library)', installedAt: '2026-01-01T00:00:00.000Z' };
    await writeFile(join(tree, RECEIPT_FILE), JSON.stringify({ ...receipt, ...rest }));
  }

  it('starts wasm in its own process and has it compute', async () => {
    const report = await probeBackend('wasm', { cacheDirectory });
    expect(report).toMatchObject({ name: 'wasm', loads: true, device: 'cpu' });
    expect(report.library).toMatch(/^tfjs-backend-wasm 4\.22\.0/);
  });

  it('says that a native package is not installed', async () => {
    expect(await probeBackend('tfjs-node', { cacheDirectory })).toEqual(ABSENT);
  });

  it('survives a native library that crashes', async () => {
    await putPackage('process.kill(process.pid, "SIGSEGV")');
    const report = await probeBackend('tfjs-node', { cacheDirectory });
    expect(report).toMatchObject({
      loads: false,
      reason: 'it crashed (SIGSEGV)',
      library: 'libtensorflow 2.15.1',
    });
  });

  it('reports why a native library does not load', async () => {
    await putPackage('throw new Error("libtensorflow.so.2: cannot open shared object file")');
    const report = await probeBackend('tfjs-node', { cacheDirectory });
    expect(report.loads).toBe(false);
    expect(report.reason).toMatch(/libtensorflow\.so\.2: cannot open shared object file/);
  });
});

describe('doctor', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function examine(backends: readonly BackendReport[]) {
    return doctor({
      logdir: join(directory, 'runs'),
      port: 0,
      cacheDirectory: join(directory, 'cache'),
      probe: async (name) =>
        backends.find((backend) => backend.name === name) ?? {
          name,
          loads: false,
          reason: 'it is not installed',
        },
    });
  }

  it('reports machine, backends, data, cache, logdir and port, and changes nothing', async () => {
    const report = await examine([WASM]);
    expect(report).toMatchObject({
      ok: true,
      best: 'wasm',
      convscope: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(report.machine.node).toBe(process.version);
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(report.checks.map((check) => check.name)).toEqual([
      'Node',
      'machine',
      'GPU',
      'tfjs-node-gpu',
      'tfjs-node',
      'wasm',
      'CIFAR-10',
      'spool',
      'cache',
      'logdir',
      'port',
    ]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is not ok if no backend loads, and ends with the number of problems', async () => {
    const report = await examine([{ name: 'wasm', loads: false, reason: 'no SIMD' }]);
    expect(report).toMatchObject({ ok: false, best: null });
    const text = formatDoctorReport(report);
    expect(text).toMatch(/^PROBLEM {2}wasm {11}does not work: no SIMD\n {24}→ It is part of convscope/m);
    expect(text).toMatch(/1 problem found\.\n$/);
  });

  it('is complete as JSON', async () => {
    const report = await examine([WASM]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});
