import { describe, expect, it } from 'vitest';
import { BUILTIN_TOOLS, loadBuiltinTool, loadBuiltinTools } from './registry.ts';

describe('the registry', () => {
  it('says of every tool what the tool says of itself', async () => {
    const loaded = await loadBuiltinTools();
    const described = loaded.map(({ name, alias, summary, commands }) => ({
      name,
      alias,
      summary,
      commands: Object.entries(commands).map(([command, definition]) => ({
        name: command,
        summary: definition.summary,
        effect: definition.effect,
      })),
    }));
    const entries = BUILTIN_TOOLS.map(({ name, alias, summary, commands }) => ({
      name,
      alias,
      summary,
      commands,
    }));
    expect(entries).toEqual(described);
  });

  it('has no name or alias twice', () => {
    const names = BUILTIN_TOOLS.flatMap(({ name, alias }) => [name, alias]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('loads by name and by alias', async () => {
    for (const { name, alias } of BUILTIN_TOOLS) {
      expect(await loadBuiltinTool(alias)).toBe(await loadBuiltinTool(name));
    }
  });
});
