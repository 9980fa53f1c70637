/** A project that holds only the start scripts, with an npm that records installs and builds instead of doing them. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('..', import.meta.url));

export interface StandInProject {
  readonly root: string;
  /** The path for npm_execpath. */
  readonly npm: string;
  /** What was installed and built so far, in order. */
  steps(): string[];
}

/** Makes the project below `folder`. */
export function standInProject(folder: string): StandInProject {
  const root = join(folder, 'project');
  mkdirSync(join(root, 'scripts'), { recursive: true });
  for (const name of readdirSync(SCRIPTS).filter((file) => file.endsWith('.cjs')))
    copyFileSync(join(SCRIPTS, name), join(root, 'scripts', name));
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.base.json', 'turbo.json'])
    writeFileSync(join(root, file), '{}');
  for (const workspace of ['shared', 'server', 'client']) {
    mkdirSync(join(root, workspace));
    writeFileSync(join(root, workspace, 'package.json'), '{}');
  }
  mkdirSync(join(root, 'server', 'bin'));
  writeFileSync(join(root, 'server', 'bin', 'convscope.js'), 'console.log("ran " + process.argv.slice(2))');
  const journal = join(root, 'journal');
  // A fake npm: records that it ran and "installs" a fake turbo, which records that it ran and "builds".
  const npm = join(folder, 'npm-cli.js');
  writeFileSync(
    npm,
    `const fs = require('fs'), path = require('path');
fs.appendFileSync(${JSON.stringify(journal)}, 'install\\n');
const turbo = path.join(process.cwd(), 'node_modules/turbo/bin/turbo');
fs.mkdirSync(path.dirname(turbo), { recursive: true });
fs.writeFileSync(turbo, \`const fs = require('fs');
fs.appendFileSync(${JSON.stringify(journal)}, 'build\\\\n');
for (const file of ['server/dist/cli/cli.js', 'client/dist/index.html']) {
  fs.mkdirSync(require('path').dirname(file), { recursive: true });
  fs.writeFileSync(file, '');
}\`);`,
  );
  const steps = () => readFileSync(journal, 'utf8').trim().split('\n');
  return { root, npm, steps };
}
