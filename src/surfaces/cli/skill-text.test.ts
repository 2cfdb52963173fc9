import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadBuiltinTools } from '../../tools/registry.ts';
import { PLANNED_TOOLS } from '../../tools/planned.ts';
import { agentsSection } from '../../workspace/init/agents-section.ts';
import { skillFile, skillVersion } from '../../workspace/init/skill-file.ts';
import { BUILTIN_COMMANDS } from './builtin.ts';
import { skillText, toolReference } from './skill-text.ts';

const tools = await loadBuiltinTools();

describe('skillText', () => {
  const text = skillText({ version: '1.2.3', tools, planned: PLANNED_TOOLS, commands: BUILTIN_COMMANDS });

  it('names every tool and every command, and those that are not built', () => {
    for (const { name } of [...tools, ...PLANNED_TOOLS]) expect(text).toContain(name);
    for (const { path } of BUILTIN_COMMANDS) expect(text).toContain(`\`rearguard ${path.join(' ')}\``);
  });

  it('is short enough to be read at the beginning of every session', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(16_000);
  });
});

describe('toolReference', () => {
  it.each(tools.map((tool) => [tool.name, tool] as const))(
    'has every command, option and rule of %s',
    (_, tool) => {
      const text = toolReference(tool);
      for (const name of Object.keys(tool.commands))
        expect(text).toContain(`## rearguard ${tool.name} ${name}`);
      for (const { id } of tool.rules) expect(text).toContain(`\`${id}\``);
      expect(text).not.toMatch(/undefined|\.\. /);
    },
  );
});

describe('the skill folder', () => {
  it('says for which version it was written', () => {
    expect(skillVersion(skillFile('1.2.3'))).toBe('1.2.3');
    expect(skillVersion(skillFile('1.2.3').replaceAll('\n', '\r\n'))).toBe('1.2.3');
    expect(skillVersion('---\nname: other\nmetadata:\n  version: "1"\n---\n')).toBeNull();
  });

  it('keeps within what agents read of a skill without opening it', () => {
    const [, header = ''] = skillFile('1.2.3').split('---\n');
    const { name, description } = parse(header) as { name: string; description: string };
    expect(name).toBe('rearguard');
    expect(description.length).toBeLessThanOrEqual(1_024);
  });
});

describe('what agents are told', () => {
  const words = [
    ...tools.flatMap(({ name, alias }) => [name, alias]),
    ...BUILTIN_COMMANDS.map(({ path }) => path.join(' ')),
    ...BUILTIN_COMMANDS.map(({ path }) => path[0] ?? ''),
  ];
  const text = skillText({ version: '1.2.3', tools, planned: [], commands: [] });

  it.each([
    ['the section of AGENTS.md', agentsSection()],
    ['the skill', skillFile('1.2.3') + text],
  ])('in %s are commands that exist', (_, told) => {
    const named = [...told.matchAll(/`(?:npx )?rearguard ([a-z][a-z-]*(?: [a-z]+)?)/g)].map(
      ([, line]) => line ?? '',
    );
    expect(
      named.filter((line) => !words.includes(line) && !words.includes(line.split(' ')[0] ?? '')),
    ).toEqual([]);
  });
});
