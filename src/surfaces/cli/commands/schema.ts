import { RearguardError } from '../../../core/errors.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { publishedSchemas } from '../schemas.ts';
import { loadEveryTool } from '../plugins.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { suggestion } from '../../../runtime/command-line/suggestion.ts';

/** `rearguard schema [name]`: as text it is the schema itself, so that it can go into a file. */
export async function run({ values, globals, io }: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('schema');
  const schemas = publishedSchemas(await loadEveryTool(globals, io));
  const names = [...schemas.keys()];
  const name = values['name'];
  if (typeof name !== 'string') {
    const result = localResult(frame, { summary: `${names.length} schemas.`, data: { names } });
    return { ...result, text: `${names.join('\n')}\n` };
  }
  const make = schemas.get(name);
  if (!make) {
    throw new RearguardError('E_USAGE', {
      message: `No schema is called ${JSON.stringify(name)}.`,
      hint: suggestion(name, names) ?? '`rearguard schema` lists them.',
    });
  }
  const schema = make();
  const result = localResult(frame, { summary: `The schema ${name}.`, data: { name, schema } });
  return { ...result, text: `${JSON.stringify(schema, null, 2)}\n` };
}
