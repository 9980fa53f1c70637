import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { builtFile } from '../machine/built-file.js';
import { temporaryFolder } from './testing/test-hub.js';

it('a hub answers with its page while it still loads what runs and sockets need', async () => {
  const { href } = pathToFileURL(builtFile(import.meta.url, './start-hub.js'));
  const folder = await temporaryFolder();
  const options = {
    logdir: join(folder, 'runs'),
    clientDirectory: folder,
    port: 0,
    ingestToken: 'x'.repeat(43),
  };
  const program = `
    import { connect } from 'node:net';
    const { startHub } = await import(${JSON.stringify(href)});
    const hub = await startHub(${JSON.stringify(options)});
    let isReady = false;
    const ready = hub.ready.then(() => { isReady = true; });
    const socket = connect(hub.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\\r\\nHost: 127.0.0.1:' + hub.port + '\\r\\nConnection: close\\r\\n\\r\\n');
    let page = '';
    socket.on('data', (bytes) => { page += bytes; });
    await new Promise((resolve) => socket.on('end', resolve));
    console.log(/<title>convscope/.test(page), isReady);
    await ready;
    await hub.close();`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(said.trim()).toBe('true false');
});
