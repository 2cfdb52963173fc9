import { CONFIG_NAMES } from '../../src/config/find.ts';
import { scalarSettings } from '../../src/config/settings.ts';
import { type JsonSchema, publishedSchemas } from '../../src/surfaces/cli/schemas.ts';
import type { ToolDefinition } from '../../src/tools/define.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

interface Setting {
  path: string;
  type: string;
  fallback: string;
  description: string;
}

export function configurationPage(tools: readonly ToolDefinition[]): string {
  const schema = publishedSchemas(tools).get('config')?.() ?? {};
  const settings = settingsOf(schema, '');
  const general = settings.filter((setting) => !setting.path.startsWith('tools.'));
  const environment = scalarSettings().map((setting) => [
    code(setting.path.join('.')),
    code(setting.environmentName),
  ]);
  const sections = tools.map((tool) => {
    const own = settings.filter((setting) => setting.path.startsWith(`tools.${tool.name}.`));
    return `\n## ${code(`tools.${tool.name}`)}\n${tool.summary}.\n\n${settingTable(own)}\n`;
  });
  return `# Configuration
${GENERATED}

Rearguard reads the nearest of ${CONFIG_NAMES.map(code).join(', ')}, from the working directory upwards, or the file of \`--config\`.
A flag beats the environment, which beats the file, which beats the default; \`rearguard config print\` shows each value and where it came from.
\`rearguard schema config\` prints the JSON Schema of the file, for editors.

Secrets stand in the file by reference only: \`{ $env: NAME }\` or \`{ $file: path }\`, in code \`env('NAME')\` and \`file('path')\`.
They are read when they are used, and never printed or stored.

## Settings
${settingTable(general)}

## Environment variables
${markdownTable(['Setting', 'Variable'], environment)}
${sections.join('')}`;
}

function settingTable(settings: readonly Setting[]): string {
  return markdownTable(
    ['Setting', 'Type', 'Default', 'Meaning'],
    settings.map((setting) => [
      code(setting.path),
      setting.type,
      setting.fallback === '' ? '' : code(setting.fallback),
      setting.description,
    ]),
  );
}

/** One row per setting that takes a value; a mapping that holds others is its rows. */
function settingsOf(schema: JsonSchema, path: string): Setting[] {
  const variants = objectVariants(schema);
  const rows = variants.flatMap((variant) => childrenOf(variant, path));
  const isPlace = path === '' || (variants.length > 0 && rows.length > 0 && schema['type'] === 'object');
  if (isPlace) return rows;
  const own: Setting = {
    path,
    type: typeOf(schema),
    fallback: textOf(schema['default']),
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
  };
  return [own, ...rows];
}

function childrenOf(schema: JsonSchema, path: string): Setting[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  const named = properties.flatMap(([name, child]) =>
    name.startsWith('$') ? [] : settingsOf(child, path === '' ? name : `${path}.${name}`),
  );
  const additional = schema['additionalProperties'];
  const isRecord = properties.length === 0 && typeof additional === 'object' && additional !== null;
  return isRecord ? [...named, ...settingsOf(additional as JsonSchema, `${path}.<name>`)] : named;
}

/** The object shapes of a schema, of its variants, and of the members of a list. References to secrets are no shape. */
function objectVariants(schema: JsonSchema): JsonSchema[] {
  const variants = (schema['anyOf'] ?? schema['oneOf'] ?? []) as JsonSchema[];
  const items = schema['type'] === 'array' ? [schema['items'] as JsonSchema] : [];
  if (schema['type'] === 'object') return isSecretReference(schema) ? [] : [schema];
  return [...variants, ...items].flatMap(objectVariants);
}

function isSecretReference(schema: JsonSchema): boolean {
  const names = Object.keys(schema['properties'] ?? {});
  return names.length === 1 && (names[0] === '$env' || names[0] === '$file');
}

function typeOf(schema: JsonSchema): string {
  const variants = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ');
  if (Array.isArray(schema['enum']))
    return (schema['enum'] as unknown[]).map((value) => String(value)).join(', ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (isSecretReference(schema)) return 'reference';
  if (schema['type'] === 'array') return `list of ${typeOf((schema['items'] ?? {}) as JsonSchema)}`;
  if (schema['type'] === 'object') return 'mapping';
  return typeof schema['type'] === 'string' ? schema['type'] : 'anything';
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
