import { z } from 'zod';
import { reasonOf } from '../../../core/errors.ts';
import type { ToolDefinition } from '../../../tools/define.ts';
import type { Catalog } from '../../catalog.ts';
import { optionSpecs } from '../../command-line/options.ts';
import { parseCommandLine } from '../../command-line/parse.ts';
import type { CheckResult } from './types.ts';

/** Help is read in a terminal, and by agents that pay for every word of it. */
const MAX_SUMMARY_LENGTH = 120;
const MAX_DESCRIPTION_LENGTH = 200;
const MAX_OPTIONS = 20;

/** What a definition says of itself; nothing runs. */
export async function checkDefinition(tool: ToolDefinition, catalog: Catalog): Promise<CheckResult[]> {
  return [
    verdict('every option is described', undescribed(tool)),
    verdict('rules say what, why and when not', poorRules(tool)),
    verdict('examples parse', await wrongExamples(tool, catalog)),
    verdict('help stays short', longHelp(tool)),
  ];
}

export function verdict(name: string, faults: readonly string[]): CheckResult {
  return { name, result: faults.length === 0 ? 'pass' : 'fail', detail: faults.join('; ') };
}

/** The part of JSON Schema in which descriptions stand. */
interface Described {
  description?: string;
  /** The one value it can have: it tells variants apart, and needs no words. */
  const?: unknown;
  properties?: Readonly<Record<string, Described>>;
  additionalProperties?: Described | boolean;
  items?: Described;
  anyOf?: readonly Described[];
  oneOf?: readonly Described[];
}

function undescribed(tool: ToolDefinition): string[] {
  const options = fieldsOf(jsonSchema(tool.options), `tools.${tool.name}`);
  const inputs = Object.entries(tool.commands).flatMap(([name, { input }]) =>
    fieldsOf(jsonSchema(input), name),
  );
  return [...options, ...inputs];
}

/** Paths of fields without a description. */
function fieldsOf(schema: Described, at: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([field, child]) => {
    const path = `${at}.${field}`;
    return [
      ...(child.const === undefined && (child.description ?? '').trim() === '' ? [path] : []),
      ...fieldsOf(child, path),
    ];
  });
  const { additionalProperties: values, items } = schema;
  const inside = [
    ...(typeof values === 'object' ? [values] : []),
    ...(items === undefined ? [] : [items]),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  return [...new Set([...own, ...inside.flatMap((child) => fieldsOf(child, at))])];
}

function jsonSchema(schema: z.ZodType): Described {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described;
}

function poorRules({ rules }: ToolDefinition): string[] {
  const ids = rules.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`);
  const poor = rules.flatMap(({ id, help, fix, examples }) => {
    const texts = { help, fix, 'examples.reports': examples.reports, 'examples.silent': examples.silent };
    return Object.entries(texts)
      .filter(([, text]) => text.trim() === '')
      .map(([field]) => `${id}: ${field} is empty`);
  });
  return [...twice, ...poor];
}

async function wrongExamples(tool: ToolDefinition, catalog: Catalog): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, { examples }] of Object.entries(tool.commands)) {
    if (examples.length === 0) faults.push(`${name} has no example`);
    for (const { line } of examples) {
      const parsed = await parseCommandLine(line, catalog).catch(reasonOf);
      if (typeof parsed === 'string') faults.push(`${line}: ${parsed}`);
      else if (parsed.tool !== tool.name || parsed.command !== name)
        faults.push(`${line}: is no example of ${name}`);
    }
  }
  return faults;
}

function longHelp(tool: ToolDefinition): string[] {
  const summaries = [
    [tool.name, tool.summary] as const,
    ...Object.entries(tool.commands).map(([name, { summary }]) => [name, summary] as const),
  ];
  const long = summaries
    .filter(([, summary]) => summary.length > MAX_SUMMARY_LENGTH || summary.includes('\n'))
    .map(([name]) => `the summary of ${name} is no line of ${MAX_SUMMARY_LENGTH} characters`);
  const commands = Object.entries(tool.commands).flatMap(([name, { input }]) => {
    const options = optionSpecs(input);
    const many =
      options.length > MAX_OPTIONS
        ? [`${name} has ${options.length} options, ${MAX_OPTIONS} are enough`]
        : [];
    const wordy = options
      .filter(({ description }) => description.length > MAX_DESCRIPTION_LENGTH)
      .map(({ field }) => `${name}.${field} is described in more than ${MAX_DESCRIPTION_LENGTH} characters`);
    return [...many, ...wordy];
  });
  return [...(tool.whenToUse.trim() === '' ? ['whenToUse is empty'] : []), ...long, ...commands];
}
