// A package is built from nothing, so that no file of an earlier build can slip into it.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build, fail, root } from './lib/project.mjs';

try {
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  process.stderr.write(`${await build()}\n`);
} catch (error) {
  fail(error);
}
