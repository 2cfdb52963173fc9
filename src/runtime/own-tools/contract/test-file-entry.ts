import { pathToFileURL } from 'node:url';
import { importModule } from '../../../config/read-module.ts';
import { reasonOf } from '../../../core/errors.ts';
import { endWithParent } from '../../../platform/parent-watch/end-with-parent.ts';

/**
 * The process in which one file of tests runs, under node:test's reporter. It is loaded as tools are, so that TypeScript and `rearguard` work
 * in it whatever is installed and whichever Node runs.
 */
endWithParent();
const [, , file = ''] = process.argv;
const testing: unknown = await import(
  new URL(import.meta.url.endsWith('.ts') ? '../../../testing.ts' : '../../../testing.js', import.meta.url)
    .href
);
process.argv[1] = file;
try {
  await importModule(file, { more: { 'rearguard/testing': testing } });
} catch (thrown) {
  process.stderr.write(`${pathToFileURL(file).href}: ${reasonOf(thrown)}\n`);
  process.exitCode = 1;
}
