import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? './scenarios/' : '../../demo/scenarios/',
  import.meta.url,
);

/** Puts the demo's scenarios beside a config, where a user would keep theirs. */
export async function copyScenarios(folder: string): Promise<void> {
  await cp(fileURLToPath(FOLDER), folder, { recursive: true });
}
