/**
 * `one-file.html` beside the built page: the same client as one file that opens from a disk. `convscope export` and the page
 * put a log into it (`shared/src/export`). Scripts and styles are inline, workers begin as blobs, and of the fonts only the
 * Latin letters are kept. The Content-Security-Policy allows just these, by their hashes, and no request at all.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, defaultClientConditions, type Plugin } from 'vite';
import { viridisPlugin } from './viridis-plugin.ts';

const NAME = 'one-file.html';
const WORKER =
  /new Worker\(\s*new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\),\s*\{ type: 'module' \},?\s*\)/g;
const FONT_FACE = /(?:\/\*[^*]*\*\/\s*)?@font-face\s*\{[^}]*\}/g;

export function oneFilePlugin(): Plugin {
  let root = '';
  return {
    name: 'convscope:one-file',
    // Not where one module is built for Node.
    apply: ({ build }, { command }) => command === 'build' && !build?.ssr,
    configResolved(config) {
      root = config.root;
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: NAME, source: await oneFile(root) });
    },
  };
}

async function oneFile(root: string): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    base: './',
    plugins: [inlineWorkers(), latinFonts(), react(), viridisPlugin()],
    resolve: { conditions: ['source', ...defaultClientConditions] },
    worker: { format: 'iife', plugins: () => [viridisPlugin()] },
    build: {
      write: false,
      assetsInlineLimit: Number.POSITIVE_INFINITY,
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: join(root, 'src/main.tsx'), output: { codeSplitting: false } },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (result === undefined || !('output' in result)) throw new Error('The client was not built as one file.');
  let script = '';
  let style = '';
  for (const part of result.output) {
    if (part.type === 'chunk') script += part.code;
    else if (part.fileName.endsWith('.css')) style += String(part.source);
    else if (!part.fileName.endsWith('.map'))
      throw new Error(`${part.fileName} cannot be part of the one file: it is not inline.`);
  }
  return page({
    script: inScript(script),
    style: style.replaceAll('</style', '<\\/style'),
    firstPaint: inScript(readFileSync(join(root, 'public/first-paint.js'), 'utf8')),
    icon: readFileSync(join(root, 'public/favicon.svg')).toString('base64'),
  });
}

interface Parts {
  readonly script: string;
  readonly style: string;
  readonly firstPaint: string;
  readonly icon: string;
}

/** What is embedded is put in place of the comment, before the script that reads it. */
function page({ script, style, firstPaint, icon }: Parts): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(firstPaint)} ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data: blob:',
    'media-src blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>convscope</title>
<link rel="icon" href="data:image/svg+xml;base64,${icon}">
<script>${firstPaint}</script>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>convscope needs JavaScript. Please enable it for this page.</noscript>
<!--convscope-log-->
<script type="module">${script}</script>
</body>
</html>
`;
}

function hashOf(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}

/** Code that does not end the element that it is in. */
function inScript(code: string): string {
  return code.replace(/<(?=\/script|!--|script)/gi, '\\x3c');
}

/** A worker file as a blob: there is no other file to load it from. */
function inlineWorkers(): Plugin {
  return {
    name: 'convscope:inline-workers',
    enforce: 'pre',
    transform(code, id) {
      if (!/\.tsx?$/.test(id)) return undefined;
      const imports: string[] = [];
      const changed = code.replace(WORKER, (_whole, path: string) => {
        const name = `InlineWorker${imports.length}`;
        imports.push(`import ${name} from '${path}.ts?worker&inline';`);
        return `new ${name}()`;
      });
      return imports.length === 0 ? undefined : { code: `${imports.join('\n')}\n${changed}`, map: null };
    },
  };
}

/** Without the letters of other scripts: the browser's own fonts have them. */
function latinFonts(): Plugin {
  return {
    name: 'convscope:latin-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/@fontsource-variable[\\/][\w-]+[\\/]index\.css/.test(id)) return undefined;
      const kept = (code.match(FONT_FACE) ?? []).filter((face) => face.includes('-latin-wght-'));
      return { code: kept.join('\n'), map: null };
    },
  };
}
