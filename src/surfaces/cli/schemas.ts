import { z } from 'zod';
import { configSchema } from '../../config/schema.ts';
import { eventSchema } from '../../core/event.ts';
import { findingSchema } from '../../core/finding.ts';
import { reportSchema } from '../../core/report.ts';
import { OWN_DATA_SCHEMAS } from '../../runtime/schemas.ts';
import { scenarioSchema } from '../../tools/load-tester/scenario/schema.ts';
import type { ToolDefinition } from '../../tools/define.ts';

export type JsonSchema = Record<string, unknown>;

/** Every published schema by its name, made when it is asked for. Those of `report.data` are called `<tool>.<command>`. */
export function publishedSchemas(tools: readonly ToolDefinition[]): Map<string, () => JsonSchema> {
  const schemas = new Map<string, () => JsonSchema>([
    ['report', () => written('The envelope of every command', reportSchema)],
    ['finding', () => written('One result of a rule at a subject', findingSchema)],
    ['event', () => written('Something that happened to the backend', eventSchema)],
    ['config', () => configJsonSchema(tools)],
    ['load-scenario', () => read('Scenario of the load-tester', scenarioSchema)],
  ]);
  for (const [command, schema] of Object.entries(OWN_DATA_SCHEMAS)) {
    schemas.set(command.replaceAll(' ', '.'), () => written(`report.data of rearguard ${command}`, schema));
  }
  for (const tool of tools) {
    for (const [name, command] of Object.entries(tool.commands)) {
      const title = `report.data of rearguard ${tool.name} ${name}`;
      schemas.set(`${tool.name}.${name}`, () => written(title, command.data));
    }
  }
  return schemas;
}

/** The shape of what we print; objects stay open, so that additive changes break nobody. */
function written(title: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    override: openObject,
  });
  return { $schema, title, ...rest };
}

function openObject({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

/** The shape of what people write. */
function read(title: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { $schema, title, ...rest };
}

/** The shape of what people write, with the section of every tool in its place. */
function configJsonSchema(tools: readonly ToolDefinition[]): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  const properties = { ...rest.properties } as Record<string, JsonSchema>;
  const sections = tools.map((tool) => [tool.name, toolSection(tool)] as const);
  properties['tools'] = { ...properties['tools'], properties: Object.fromEntries(sections) };
  return { $schema, title: 'Configuration of Rearguard', ...rest, properties };
}

function toolSection(tool: ToolDefinition): JsonSchema {
  const { $schema: _, ...section } = z.toJSONSchema(tool.options, { io: 'input', unrepresentable: 'any' });
  return { description: tool.summary, ...section };
}
