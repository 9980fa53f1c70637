import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startProcess } from '../testing/process.js';
import { CLI, testFolder } from '../testing/product.js';

describe('the command line', () => {
  const folder = testFolder();
  afterAll(() => folder.remove());
  async function run(...args: string[]) {
    const one = startProcess([CLI, ...args], { env: folder.env });
    return { code: await one.ended, output: one.output() };
  }

  it.each([
    [['train', '--stesp', '3'], /unknown option '--stesp'\n\(Did you mean --steps\?\)/],
    [['trian'], /unknown command 'trian'\n\(Did you mean train\?\)/],
    [['train', 'now'], /too many arguments for 'train'/],
    [['train', '--steps', '0'], /--steps <n>' argument '0' is invalid\. It must be at least 1\./],
    [['train', '--steps', '2.5'], /argument '2\.5' is invalid\. It must be a whole number\./],
    [['train', '--steps', '1e300'], /argument '1e300' is invalid\. It must be a whole number\./],
    [['train', '--batch', '5000'], /It must be at most 4096\./],
    [['train', '--lr', '0'], /--lr <x>' argument '0' is invalid\. It must be above 0\./],
    [['train', '--lr', 'fast'], /It must be a number\./],
    [['train', '--lr', 'Infinity'], /It must be a number\./],
    [['train', '--momentum', '1'], /It must be below 1\./],
    [['train', '--weight-decay=-1'], /It must be at least 0\./],
    [['train', '--optimizer', 'sdg'], /Allowed choices are sgd, adam, adamw\./],
    [['train', '--schedule', 'x'], /Allowed choices are cosine, constant, step\./],
    [['train', '--model', 'vgg'], /Allowed choices are convnet, lenet, resnet8\./],
    [['train', '--backend', 'gpu'], /Allowed choices are tfjs-node-gpu, tfjs-node, wasm, cpu\./],
    [['train', '--capture-every', 'often'], /It must be a whole number\./],
    [['train', '--capture-at', '10,x'], /"x" is neither a step nor a range of steps\. Write 10, 100-200 or/],
    [['train', '--capture-at', '20-10'], /"20-10" ends before it begins\./],
    [['train', '--capture-budget', '0'], /It must be at least 0\.1\./],
    [['train', '--capture-budget', '51'], /It must be at most 50\./],
    [['train', '--name', '../other'], /begins with a dot, which hides it or leaves the logdir/],
    [['train', '--name', 'a'.repeat(201)], /longer than 200/],
    [['train', '--port', '65536'], /It must be at most 65535\./],
    [['serve', '--port', '-1'], /It must be at least 0\./],
    [['serve', '--allow-embedding', 'http://a.test/page'], /It must be an origin/],
    [['serve', '--allow-embedding', '*'], /It must be an origin/],
    [['dump'], /missing required argument 'dir'/],
    [['dump', join(folder.root, 'nothing-here')], /nothing-here/],
    [
      ['train', '--logdir', join(CLI, 'runs')],
      /The logdir .*convscope\.js\/runs cannot be used: .*convscope\.js is a file\. .* --logdir/,
    ],
    [['train', '--logdir', join(folder.root, 'l'), '--base-path', 'a b'], /The base path "\/a b\/" must/],
  ] as const)('refuses %j with a message and starts nothing', async (args, sentence) => {
    const { code, output } = await run(...args);
    expect(output).toMatch(sentence);
    expect(code).toBe(1);
    expect(output).not.toMatch(/\n {4}at /);
    expect(existsSync(join(folder.cache, 'spool'))).toBe(false);
  });

  it.each([
    [['dump'], 'no\u001b[2J\u009b1m\u202e\nwhere'],
    [['serve', '--logdir'], join(CLI, 'no\u001b[2J\u009b1m\u202e\nwhere')],
    [['train', '--logdir'], join(CLI, 'no\u001b[2J\u009b1m\u202e\nwhere')],
  ])('prints the name that %j gets without the characters that a terminal obeys', async (args, name) => {
    const { code, output } = await run(...args, name);
    expect(code).toBe(1);
    expect(output).toContain(String.raw`no\x1b[2J\x9b1m\u{202e}\x0awhere`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it.runIf(process.platform === 'linux')('says that a logdir cannot be made below /proc', async () => {
    const { code, output } = await run('train', '--logdir', '/proc/self/nope', '--port', '0');
    expect(output).toMatch(/The logdir \/proc\/self\/nope cannot be created/);
    expect(code).toBe(1);
  });

  it('lists every flag of train with its default', async () => {
    const { code, output } = await run('train', '--help');
    expect(code).toBe(0);
    const flags =
      'port host allow-host base-path logdir epochs steps batch lr optimizer momentum weight-decay schedule seed model ' +
      'backend threads data capture-every capture-at capture-budget capture-gradients max-log-mb name no-open exit-when-done';
    for (const flag of flags.split(' ')) expect(output).toContain(`  --${flag} `);
    for (const code of [0, 1, 3, 4, 130]) expect(output).toMatch(new RegExp(`^  ${code} +\\w`, 'm'));
  });

  it('lists the commands and prints its version', async () => {
    const { output } = await run('--help');
    for (const command of ['train', 'serve', 'dump', 'doctor'])
      expect(output).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect((await run('--version')).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
