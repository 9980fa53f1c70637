import { EMBEDDED_ID, embeddedFileId } from '@convscope/shared/export/embedded.js';
import { gzipSync } from 'fflate';
import { afterEach, expect, test, vi } from 'vitest';
import { createEmbeddedSource } from './embedded-log.js';

function embed(id: string, text: string): void {
  const element = document.createElement('script');
  element.type = 'text/plain';
  element.id = id;
  element.textContent = text;
  document.body.append(element);
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test('an exported file says which browsers can unpack its log', async () => {
  vi.stubGlobal('DecompressionStream', undefined);
  embed(EMBEDDED_ID, JSON.stringify({ version: 1, run: 'a', files: ['events.out.tfevents.1'], notices: [] }));
  embed(embeddedFileId(0), 'H4sI');
  await expect(createEmbeddedSource()).rejects.toThrow('Chrome 80, Firefox 113 and Safari 16.4');
});

test('an exported file without a log that can be read says so', async () => {
  embed(EMBEDDED_ID, '{"version": 7}');
  await expect(createEmbeddedSource()).rejects.toThrow('damaged, or of another version');
});

test('an exported file whose log was cut says so', async () => {
  embed(EMBEDDED_ID, JSON.stringify({ version: 1, run: 'a', files: ['events.out.tfevents.1'], notices: [] }));
  embed(embeddedFileId(0), 'H4sI');
  await expect(createEmbeddedSource()).rejects.toThrow('damaged: export the run again');
});

test('the worker that reads an exported log gets its bytes, since in a page from disk WebKit lets none read a blob', async () => {
  const sent: (readonly [message: unknown, transferred: readonly unknown[]])[] = [];
  vi.stubGlobal(
    'Worker',
    class {
      postMessage(message: unknown, transferred: readonly unknown[]): void {
        sent.push([message, transferred]);
      }
      terminate(): void {}
    },
  );
  const log = Uint8Array.of(1, 2, 3);
  embed(EMBEDDED_ID, JSON.stringify({ version: 1, run: 'a', files: ['events.out.tfevents.1'], notices: [] }));
  embed(embeddedFileId(0), btoa(String.fromCharCode(...gzipSync(log))));
  const source = await createEmbeddedSource();
  const files = [{ path: 'a/events.out.tfevents.1', content: log }];
  expect(sent).toEqual([[{ open: { name: 'this file', files, notices: [] } }, [log.buffer]]]);
  source.close();
});
