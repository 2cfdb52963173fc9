// `npm start`: from a fresh clone to the ranked result of a backend with planted faults. Flags go to `rearguard demo`.
import path from 'node:path';
import { build, fail, install, root, run } from './lib/project.mjs';

try {
  process.stderr.write(`rearguard: ${await install()}, `);
  process.stderr.write(`${await build()}\n`);
  process.exitCode = await run(process.execPath, [
    path.join(root, 'bin', 'rearguard.js'),
    'demo',
    ...process.argv.slice(2),
  ]);
} catch (error) {
  fail(error);
}
