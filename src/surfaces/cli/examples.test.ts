import { describe, expect, it } from 'vitest';
import { BUILTIN_TOOLS, loadBuiltinTool, loadBuiltinTools } from '../../tools/registry.ts';
import { BUILTIN_COMMANDS, GROUPS } from './builtin.ts';
import { buildProgram } from './program.ts';
import { toolCommandSpecs } from './tool-commands.ts';

/** Words of a line as a shell would give them; of several commands, those of the last. */
function wordsOf(line: string): string[] {
  const last = line.slice(line.lastIndexOf('rearguard ') + 'rearguard '.length);
  const words = last.split(/\)|\s(?:[<>]|&&|\|)/)[0] ?? '';
  return [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** The command that a line names, and the values it is given. */
async function parsed(line: string): Promise<{ path: string; values: Record<string, unknown> }> {
  let called: { path: string; values: Record<string, unknown> } | undefined;
  const program = buildProgram({
    version: '0',
    tools: BUILTIN_TOOLS,
    commands: BUILTIN_COMMANDS,
    groups: GROUPS,
    write: () => undefined,
    commandsOf: async (name) => toolCommandSpecs(await loadBuiltinTool(name)),
    run: (spec, values) => {
      called = { path: spec.path.join(' '), values };
      return Promise.resolve();
    },
    runBare: () => Promise.resolve(),
  });
  await program.parseAsync(wordsOf(line), { from: 'user' });
  if (called === undefined) throw new Error(`${line} calls nothing`);
  return called;
}

const tools = (await loadBuiltinTools()).flatMap(toolCommandSpecs);
const examples = [...BUILTIN_COMMANDS, ...tools].flatMap((spec) =>
  spec.examples
    .filter(({ line }) => line.includes('rearguard '))
    .map(({ line }) => ({ line, path: spec.path.join(' ') })),
);

describe('the examples of the help', () => {
  it.each(examples)('$line', async ({ line, path }) => {
    expect((await parsed(line)).path).toBe(path);
  });

  it('give a list as the command takes it', async () => {
    const { line } = examples.find((example) => example.line.includes('discover --confirm')) ?? { line: '' };
    expect((await parsed(line)).values).toEqual({ confirm: ['redis', 'stripe'] });
    await expect(parsed(line.replace(',', ' '))).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
