/** The log that an exported page holds. */
import { decodeBase64 } from '@convscope/shared/export/base64.js';
import { EMBEDDED_ID, type EmbeddedLog, embeddedFileId } from '@convscope/shared/export/embedded.js';
import { z } from '@convscope/shared/zod.js';
import type { Source } from '../source.js';
import { createFileSource } from './file-source.js';

const embeddedSchema: z.ZodMiniType<EmbeddedLog> = z.object({
  version: z.literal(1),
  run: z.string(),
  files: z.array(z.string()),
  notices: z.array(z.string()),
});

/** Takes the log out of the page, and makes a source of it. @throws with a sentence if it is damaged */
export async function createEmbeddedSource(): Promise<Source> {
  const parsed = embeddedSchema.safeParse(
    JSON.parse(document.getElementById(EMBEDDED_ID)?.textContent ?? 'null'),
  );
  if (!parsed.success)
    throw new Error('The log in this file is damaged, or of another version of convscope.');
  const { run, files, notices } = parsed.data;
  const folder = run === '.' ? '' : `${run}/`;
  const opened = await Promise.all(
    files.map(async (name, number) => ({
      path: folder + name,
      content: await contentOf(embeddedFileId(number)),
    })),
  );
  return createFileSource({ name: 'this file', files: opened, notices });
}

async function contentOf(id: string): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof DecompressionStream === 'undefined')
    throw new Error(
      'This browser cannot unpack the log in this file: Chrome 80, Firefox 113 and Safari 16.4 can.',
    );
  const element = document.getElementById(id);
  const compressed = new Blob([decodeBase64(element?.textContent ?? '')]);
  // Its text is not needed twice.
  element?.remove();
  try {
    const unpacked = compressed.stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch {
    throw new Error('The log in this file is damaged: export the run again.');
  }
}
