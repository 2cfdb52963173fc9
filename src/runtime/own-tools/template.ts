import { join } from 'node:path';
import { systemFiles } from '../../platform/files.ts';
import { packageRoot } from '../../platform/worker-entry.ts';

/** A file of a new tool. `path` is relative to its folder, with `/`. */
interface TemplateFile {
  path: string;
  text: string;
}

/**
 * The files of a new tool: those of `templates/tool/`, a tool that works, is type-checked and tested as it stands there, with another name
 * and alias.
 */
export async function templateFiles({
  name,
  alias,
}: {
  name: string;
  alias: string;
}): Promise<TemplateFile[]> {
  const rename = (text: string): string =>
    text
      .replaceAll('tool-name', name)
      .replaceAll('tool-alias', alias)
      .replaceAll('tool_name', name.replaceAll('-', '_'));
  const folder = join(packageRoot(import.meta.url), 'templates', 'tool');
  const files = await filesIn(folder, '');
  return Promise.all(
    files.map(async (path) => ({
      path: rename(path),
      text: rename(await systemFiles.readText(join(folder, path))),
    })),
  );
}

async function filesIn(folder: string, prefix: string): Promise<string[]> {
  const entries = await systemFiles.list(join(folder, prefix));
  const found = await Promise.all(
    entries.map(({ name, kind }) =>
      kind === 'folder' ? filesIn(folder, `${prefix}${name}/`) : Promise.resolve([`${prefix}${name}`]),
    ),
  );
  return found.flat();
}
