import { closingBracket, propertyOf, textOf } from '../scan/calls.ts';
import { textValue } from '../scan/javascript.ts';
import type { Source } from '../scan/source.ts';

/**
 * A member of an object where a path stands: `app.use(config.site.baseUrl, …`, `router.get(config.health.path, …`; directly of one
 * that is written as constants are: `router.get(Paths.List, …`.
 */
const USED =
  /\.\s*(?:use|register|route|get|post|put|patch|delete|all)\s*\(\s*(?:(?:[\w$]+\.)+([\w$]+)|([A-Z][\w$]*))\.([\w$]+)\s*,/g;

const NONE: ReadonlyMap<string, string> = new Map();

/** Files of settings are named so; every call with a path would have to be looked for in all others. */
const SETTINGS_FILE =
  /(?:config|setting|default|environment|\benv\b|constant|\bpaths?\b)[^/]*(?:\/index)?\.[cm]?[jt]s$|(?:^|\/)constants\/[^/]*\.[cm]?[jt]s$/i;

/**
 * Texts of the settings that stand where a file says paths, under the names by which it asks for them: of `config.site.baseUrl` what
 * `site: { baseUrl: process.env.BASE_URL || '/' }` says in some file of settings. Those of two values are left out.
 */
export function settingsIn(sources: Iterable<Source>): (source: Source) => ReadonlyMap<string, string> {
  const files = [...sources].filter(({ path }) => SETTINGS_FILE.test(path));
  const known = new Map<string, string | null>();
  const settingOf = (group: string, name: string): string | null => {
    const key = `${group}.${name}`;
    let value = known.get(key);
    if (value === undefined) {
      const values = new Set(files.flatMap((file) => valuesIn(file, group, name)));
      const [only = null] = values;
      value = values.size === 1 ? only : null;
      known.set(key, value);
    }
    return value;
  };
  return (source) => {
    const found = new Map<string, string>();
    if (files.length === 0) return found;
    for (const [call, inner, outer = '', name = ''] of source.mask.matchAll(USED)) {
      const group = inner ?? outer;
      const written = /\(\s*([\w$.]+)\s*,$/.exec(call)?.[1];
      const value = settingOf(group, name);
      if (value !== null && written !== undefined) found.set(written, value);
    }
    return found;
  };
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
