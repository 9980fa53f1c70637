import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { builtFile } from '../machine/built-file.js';

it('a hub loads the HTTP server of Node and not its client, which would take a tenth of the hub’s memory', () => {
  const { href } = pathToFileURL(builtFile(import.meta.url, './start-hub.js'));
  const program = `await import(${JSON.stringify(href)}); console.log(process.moduleLoadList.join('\\n'));`;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(loaded).toContain('NativeModule _http_server');
  expect(loaded).not.toContain('deps/undici');
});
