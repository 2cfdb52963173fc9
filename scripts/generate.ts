import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publishedSchemas } from '../src/surfaces/cli/schemas.ts';
import { loadBuiltinTools } from '../src/tools/registry.ts';
import { cliPage } from './docs/cli.ts';
import { configurationPage } from './docs/configuration.ts';
import { errorsPage } from './docs/errors.ts';
import { rulesPage } from './docs/rules.ts';

/** Writes what is derived from the definitions: `schema/` and four pages of `docs/`. `--check` only compares. */
async function generate(): Promise<Map<string, string>> {
  const tools = await loadBuiltinTools();
  const files = new Map<string, string>();
  for (const [name, make] of publishedSchemas(tools)) {
    files.set(`schema/${name}.json`, `${JSON.stringify(make(), null, 2)}\n`);
  }
  files.set('docs/cli.md', cliPage(tools));
  files.set('docs/configuration.md', configurationPage(tools));
  files.set('docs/errors.md', errorsPage());
  files.set('docs/rules.md', rulesPage(tools));
  return files;
}

/** Files that differ from what they should be, and schemas of commands that are gone. */
async function drift(files: ReadonlyMap<string, string>): Promise<string[]> {
  const different: string[] = [];
  for (const [file, text] of files) {
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) different.push(file);
  }
  const schemas = (await readdir('schema').catch(() => [])).map((name) => `schema/${name}`);
  return [...different, ...schemas.filter((file) => !files.has(file))];
}

const files = await generate();
const changed = await drift(files);
if (process.argv.includes('--check')) {
  for (const file of changed) process.stdout.write(`not up to date: ${file}\n`);
  process.stdout.write(
    changed.length === 0 ? `${files.size} files up to date\n` : 'Run `npm run generate`.\n',
  );
  process.exitCode = changed.length === 0 ? 0 : 1;
} else {
  for (const file of changed) {
    const text = files.get(file);
    if (text === undefined) {
      await rm(file);
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  process.stdout.write(`${changed.length} of ${files.size} files written\n`);
}
