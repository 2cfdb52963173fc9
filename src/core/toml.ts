/** The little of TOML that package files need; a whole parser is not worth a dependency. */

/** A table as written: its header without brackets, and its lines. */
export interface TomlTable {
  /** `package`, `tool.poetry.dependencies` */
  header: string;
  lines: string[];
}

export function tomlTables(text: string): TomlTable[] {
  const tables: TomlTable[] = [{ header: '', lines: [] }];
  for (const line of text.split(/\r?\n/)) {
    const header = /^[ \t]*\[{1,2}([^[\]]+)\]{1,2}[ \t]*(?:#.*)?$/.exec(line)?.[1];
    if (header === undefined) tables.at(-1)?.lines.push(line);
    else tables.push({ header: header.replace(/["'\s]/g, ''), lines: [] });
  }
  return tables;
}

/** The text of `key = "value"` in a table. */
export function tomlText(table: TomlTable, key: string): string | undefined {
  for (const line of table.lines) {
    const [, name, value] = /^\s*["']?([\w.-]+)["']?\s*=\s*["']([^"']*)["']/.exec(line) ?? [];
    if (name === key) return value;
  }
  return undefined;
}

/** Names of all keys of a table. */
export function tomlKeys(table: TomlTable): string[] {
  return table.lines.flatMap((line) => /^\s*["']?([\w.-]+)["']?\s*=/.exec(line)?.[1] ?? []);
}

/** The texts of `key = [ … ]`, over several lines; of every key when none is given. */
export function tomlTexts(table: TomlTable, key?: string): string[] {
  const texts: string[] = [];
  let inside = false;
  for (const line of table.lines) {
    const [, name, rest] = /^\s*["']?([\w.-]+)["']?\s*=\s*\[(.*)$/.exec(line) ?? [];
    const wanted = name !== undefined && (key === undefined || name === key);
    if (!inside && !wanted) continue;
    const part = wanted ? (rest ?? '') : line;
    texts.push(...[...part.matchAll(/"([^"]*)"|'([^']*)'/g)].map((match) => match[1] ?? match[2] ?? ''));
    // A bracket inside quotes (`redis[hiredis]`) does not end the list.
    inside = !part.replace(/"[^"]*"|'[^']*'/g, '').includes(']');
  }
  return texts;
}
