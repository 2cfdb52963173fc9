import { isDeepStrictEqual } from 'node:util';
import { isMap, isPair, parseDocument } from 'yaml';
import { RearguardError } from '../../../../core/errors.ts';
import { describeIssues, formatProblems } from '../../../../config/problems.ts';
import { readJson } from '../../../../config/read-json.ts';
import { readYaml } from '../../../../config/read-yaml.ts';
import { configSchema } from '../../../../config/schema.ts';
import { findLiteralSecrets, isPlainObject } from '../../../../config/secret-places.ts';
import { nodeOf, type Settings } from './snippet.ts';

/**
 * The text of a YAML or JSON config with more dependencies in it; comments, order and whatever else is there stay.
 * The result is checked before anybody writes it: it says what was there and what was added, and the schema takes it.
 * Throws E_CONFIG_INVALID.
 */
export function withDependencies(path: string, text: string, added: Settings): string {
  const isJson = path.endsWith('.json');
  const edited = isJson ? editJson(text, added) : editYaml(text, added);
  const read = (source: string): unknown => (isJson ? readJson : readYaml)(path, source).value;
  assertAdded(path, read(text), read(edited), added);
  return edited;
}

function assertAdded(path: string, before: unknown, after: unknown, added: Settings): void {
  const wanted = isPlainObject(before) ? before : {};
  const dependencies = isPlainObject(wanted['dependencies']) ? wanted['dependencies'] : {};
  const result = configSchema.safeParse(after);
  const problems = result.success
    ? []
    : describeIssues(result.error.issues, configSchema).map((problem) => problem);
  const isFaithful = isDeepStrictEqual(after, { ...wanted, dependencies: { ...dependencies, ...added } });
  if (isFaithful && problems.length === 0 && findLiteralSecrets(after).length === 0) return;
  throw new RearguardError('E_CONFIG_INVALID', {
    path,
    problems: formatProblems(problems, () => '') || 'the dependencies cannot be added without changing more',
  });
}

function editYaml(text: string, added: Settings): string {
  const document = parseDocument(text);
  const known: unknown = document.get('dependencies', true);
  if (isMap(known) && known.items.length === 0) known.flow = false;
  if (!isMap(known)) document.set('dependencies', document.createNode({}));
  for (const [name, settings] of Object.entries(added)) {
    document.setIn(['dependencies', name], nodeOf(document, settings));
  }
  return document.toString(styleOf(text));
}

/** The document is written anew, so it is written as its author does: indentation, brackets, no folding of long lines. */
function styleOf(text: string): {
  indent: number;
  indentSeq: boolean;
  flowCollectionPadding: boolean;
  lineWidth: 0;
} {
  const indent =
    /^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return {
    indent: Math.min(indent, 8),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text),
    flowCollectionPadding: !/[:-] \{[^\s}]/.test(text),
    lineWidth: 0,
  };
}

/** Puts the entries into the text where they belong, and touches nothing else. */
function editJson(text: string, added: Settings): string {
  // JSON is a subset of YAML 1.2, whose parser knows where everything stands.
  const { contents } = parseDocument(text, { schema: 'json' });
  if (!isMap(contents)) return text;
  const dependencies: unknown = contents.get('dependencies', true);
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return isMap(dependencies)
    ? insertMembers(text, dependencies, added, { margin: unit, unit })
    : insertMembers(text, contents, { dependencies: added }, { margin: '', unit });
}

function insertMembers(
  text: string,
  map: { items: readonly unknown[]; range?: [number, number, number] | null | undefined },
  members: Settings,
  { margin, unit }: { margin: string; unit: string },
): string {
  const end = (map.range?.[1] ?? 1) - 1;
  const last = map.items.at(-1);
  const from = isPair(last) ? endOf(last.value) : (map.range?.[0] ?? 0) + 1;
  const lines = Object.entries(members).map(([name, value]) => {
    const block = JSON.stringify(value, null, unit).replaceAll('\n', `\n${margin}${unit}`);
    return `\n${margin}${unit}${JSON.stringify(name)}: ${block}`;
  });
  return `${text.slice(0, from)}${last === undefined ? '' : ','}${lines.join(',')}\n${margin}${text.slice(end)}`;
}

function endOf(node: unknown): number {
  return (node as { range?: [number, number, number] } | null)?.range?.[1] ?? 0;
}
