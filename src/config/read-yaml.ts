import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { RearguardError } from '../core/errors.ts';
import type { ConfigSource, Position, SettingPath } from './source.ts';

/** The parser's own texts quote the file, and what stands there may be a secret; these do not. */
const REASONS: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'an alias without an anchor',
  BAD_DQ_ESCAPE: 'an unknown escape in a double-quoted text',
  BAD_INDENT: 'the indentation does not fit',
  BAD_SCALAR_START: 'a value cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot stand here; a text with a colon needs quotes',
  BLOCK_IN_FLOW: 'a block cannot stand inside brackets',
  DUPLICATE_KEY: 'the same key twice',
  MISSING_CHAR: 'a closing bracket, quote or colon is missing',
  MULTIPLE_DOCS: 'more than one document',
  MULTILINE_IMPLICIT_KEY: 'a key must end on its line; is a colon or a quote missing?',
  TAB_AS_INDENT: 'tabs cannot indent',
  UNEXPECTED_TOKEN: 'something that does not belong here',
};

/** Aliases that expand into more nodes than this are an attack or a mistake. */
const MAX_ALIASES = 100;

export function readYaml(path: string, source: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(source, { prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line, column } = positionAt(lines, error.pos[0]);
    throw new RearguardError('E_CONFIG_SYNTAX', {
      path,
      position: `:${line}:${column}`,
      reason: REASONS[error.code] ?? 'this is not valid YAML',
      format: 'YAML',
    });
  }
  return { path, value: toValue(document, path), locate: locator(document, lines) };
}

function toValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    throw new RearguardError('E_CONFIG_SYNTAX', {
      path,
      position: '',
      reason: 'an alias that cannot be expanded',
      format: 'YAML',
    });
  }
}

/** Finds where each setting of a document is written: its key in a mapping, the item in a list. */
export function locator(document: Document, lines: LineCounter): ConfigSource['locate'] {
  return (path: SettingPath) => {
    let node: unknown = document.contents;
    let offset: number | undefined = startOf(node);
    for (const key of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (!isPair(pair)) break;
        offset = startOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
        offset = startOf(node) ?? offset;
      } else break;
    }
    return offset === undefined ? undefined : positionAt(lines, offset);
  };
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0];
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
