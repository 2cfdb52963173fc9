import { closingBracket, propertyOf, textOf } from '../scan/calls.ts';
import { textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';

/** A member of an object where a path stands: `app.use(config.site.baseUrl, …`, `router.get(config.health.path, …`. */
const USED =
  /\.\s*(?:use|register|route|get|post|put|patch|delete|all)\s*\(\s*(?:[\w$]+\.)+([\w$]+)\.([\w$]+)\s*,/g;

const NONE: ReadonlyMap<string, string> = new Map();

/**
 * Texts of the settings that stand where a file says paths, under the names by which it asks for them: of `config.site.baseUrl` what
 * `site: { baseUrl: process.env.BASE_URL || '/' }` says in some file. Settings of two values are left out.
 */
export function settingsUsedIn(source: Source, sources: Iterable<Source>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const used = [...source.mask.matchAll(USED)];
  if (used.length === 0) return found;
  const all = [...sources];
  for (const [call, group = '', name = ''] of used) {
    const values = new Set(all.flatMap((one) => valuesIn(one, group, name)));
    const [value] = values;
    const written = /\(\s*([\w$.]+)\s*,$/.exec(call)?.[1];
    if (values.size === 1 && value !== undefined && value !== null && written !== undefined)
      found.set(written, value);
  }
  return found;
}

/** What files of settings say; null for what only the running program knows. */
function valuesIn(source: Source, group: string, name: string): (string | null)[] {
  if (!source.mask.includes(group)) return [];
  const escaped = group.replaceAll('$', String.raw`\$`);
  return [...source.mask.matchAll(new RegExp(`(?<![\\w$.])${escaped}\\s*[:=]\\s*\\{`, 'g'))].flatMap(
    (match) => {
      const from = match.index + match[0].length - 1;
      const value = propertyOf(source, { from, to: closingBracket(source, from) + 1 }, name);
      if (value === null) return [];
      const text = textOf(source, value).replace(/^process\.env\.\w+\s*(?:\|\||\?\?)\s*/, '');
      return [textValue(text, NONE)];
    },
  );
}
