/**
 * Starts scripts with arguments that end them at once, all in this process, since most of the time that they take to start goes
 * into modules that they share. Reads `[{ file, args }, …]` from stdin, and prints for each how it would have ended:
 * `{ status, stdout, stderr, left }`, where `status` is null for a script that has not ended itself, and `left` are the files
 * that it has left in the working directory.
 */
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

class Ended extends Error {
  constructor(code) {
    super(`The script has ended with ${code}.`);
    this.code = code;
  }
}

const { exit } = process;
const write = process.stdout.write.bind(process.stdout);
process.exit = (code) => {
  throw new Ended(code ?? 0);
};

const ended = [];
for (const [at, { file, args }] of JSON.parse(readFileSync(0, 'utf8')).entries()) {
  const before = readdirSync('.');
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    process[stream].write = (text) => {
      printed[stream] += text;
      return true;
    };
  process.argv = [process.execPath, file, ...args];
  let status = null;
  try {
    // Another query makes it another module, whose imports are the same.
    await import(`${pathToFileURL(file).href}?${at}`);
  } catch (error) {
    if (error instanceof Ended) status = error.code;
    else printed.stderr += error?.stack ?? error;
  }
  const left = readdirSync('.').filter((name) => !before.includes(name));
  ended.push({ status, ...printed, left });
}
write(JSON.stringify(ended), () => exit(0));
