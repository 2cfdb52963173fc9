import { stringify } from 'yaml';
import type { Settings } from './config-edit.ts';

/** The entries as they stand in a YAML config. */
export function yamlSnippet(dependencies: Settings): string {
  return stringify({ dependencies }, { lineWidth: 0 }).trimEnd();
}

/** The entries as they stand in a config that is code. */
export function codeSnippet(dependencies: Settings): string {
  const json = JSON.stringify({ dependencies }, null, 2);
  const references = json.replace(/\{\s*"\$env": ("\w+")\s*\}/g, 'env($1)');
  return references
    .replace(/^(\s*)"([A-Za-z_]\w*)":/gm, '$1$2:')
    .replaceAll('"', "'")
    .slice(2, -2)
    .replace(/^ {2}/gm, '');
}
