import { scanSource, type Source, type Syntax } from './source.ts';
import { textValue } from './javascript.ts';

const SYNTAX: Syntax = {
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  strings: ['"""', '"', "'"],
  multiline: ['"""'],
};

/** Kotlin writes comments, strings and annotations as Java does. */
export function isJava(path: string): boolean {
  return /\.(?:java|kt)$/.test(path);
}

export function scanJava(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}

/** Constants of all classes by `Class.NAME`, and those of a file by `NAME`. */
export function javaConstants(sources: readonly Source[]): (source: Source) => ReadonlyMap<string, string> {
  const shared = new Map<string, string>();
  const bySource = new Map<Source, Map<string, string>>();
  for (const source of sources) {
    const own = new Map<string, string>();
    let owner = '';
    for (const [, type, name, value] of source.code.matchAll(
      /\b(?:class|interface|object|enum|record)\s+(\w+)|\b(?:String|const\s+val)\s+(\w+)\s*(?::\s*String\s*)?=\s*("(?:[^"\\\n]|\\.)*"(?:\s*\+\s*(?:"(?:[^"\\\n]|\\.)*"|\w+))*|\w+(?:\s*\+\s*"(?:[^"\\\n]|\\.)*")+)/g,
    )) {
      owner = type ?? owner;
      const text = value === undefined ? null : textValue(value, own);
      if (name === undefined || text === null) continue;
      own.set(name, text);
      shared.set(`${owner}.${name}`, text);
    }
    bySource.set(source, own);
  }
  return (source) => new Map([...shared, ...(bySource.get(source) ?? [])]);
}
