import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtFile } from '../machine/built-file.js';
import { loadBackend } from './backend.js';
import { locateNative, NATIVE_NAMES } from './locate-native.js';

/** Runs a program in its own process, since a process can have only one backend. */
function inProcess(program: string): { status: number | null; stdout: string; stderr: string } {
  const module = JSON.stringify(builtFile(import.meta.url, './backend.js'));
  const source = `const { loadBackend } = await import(${module}); ${program}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    timeout: 50_000,
  });
}

describe('loadBackend', () => {
  it('starts wasm with the requested threads, computes with it, and lets the process exit', () => {
    const { status, stdout, stderr } = inProcess(`
      const { tf, name, threads, device } = await loadBackend({ wanted: 'wasm', threads: 2 });
      const product = tf.matMul(tf.ones([64, 64]), tf.fill([64, 64], 2));
      console.log(JSON.stringify({ name, threads, device, backend: tf.getBackend(), value: (await product.data())[0] }));`);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      name: 'wasm',
      threads: 2,
      device: 'cpu',
      backend: 'wasm',
      value: 128,
    });
    expect(status).toBe(0);
  });

  it('leaves the globals and the process listeners unchanged', () => {
    const { stdout } = inProcess(`
      const os = await import('node:os');
      const look = () => [os.cpus().length, typeof Worker, process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')].join();
      const before = look();
      await loadBackend({ wanted: 'wasm', threads: 2 });
      console.log(before === look() ? 'same' : before + ' became ' + look());`);
    expect(stdout.trim()).toBe('same');
  });

  it('uses the plain JavaScript backend only if it is requested by name', () => {
    const { stdout } = inProcess(`
      const backend = await loadBackend({ wanted: 'cpu' });
      console.log(backend.name, backend.tf.getBackend());`);
    expect(stdout.trim().split('\n').at(-1)).toBe('cpu cpu');
    const chosen = inProcess(`
      const backend = await loadBackend();
      console.log(JSON.stringify({ name: backend.name, rejected: backend.rejected.map(({ name }) => name), sentence: backend.describe() }));`);
    const { name, rejected, sentence } = JSON.parse(chosen.stdout.trim().split('\n').at(-1)!) as {
      name: string;
      rejected: string[];
      sentence: string;
    };
    const order = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];
    expect(order).toContain(name);
    // Every better backend was tried, and the description says why it was not used.
    expect(rejected).toEqual(order.slice(0, order.indexOf(name)));
    for (const better of rejected) expect(sentence).toContain(`not ${better}: `);
  });

  const missing = NATIVE_NAMES.filter((name) => locateNative(name) === undefined);
  it.runIf(missing.length > 0)('says why a backend that was requested by name does not start', async () => {
    await expect(loadBackend({ wanted: missing[0] })).rejects.toThrow(
      `The backend ${missing[0]} does not start here (${missing[0]}: not installed (npm run install-native)). Leave --backend out to use the best one that does.`,
    );
  });
});
