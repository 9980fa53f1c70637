import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** A Python that has this package: the one that CONVSCOPE_PYTHON names, else python3. Undefined when it has not. */
export function pythonWith(name: string): string | undefined {
  const python = process.env['CONVSCOPE_PYTHON'] || 'python3';
  const program = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`;
  return spawnSync(python, ['-c', program]).status === 0 ? python : undefined;
}
