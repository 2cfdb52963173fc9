import { describe, expect, it } from 'vitest';
import { findPlanned, notBuilt, PLANNED_TOOLS } from './planned.ts';
import { BUILTIN_TOOLS } from './registry.ts';

const namesOf = (tools: readonly { name: string; alias: string }[]): string[] =>
  tools.flatMap(({ name, alias }) => [name, alias]);

describe('planned tools', () => {
  it('are none of those that are built', () => {
    const built = namesOf(BUILTIN_TOOLS);
    expect(namesOf(PLANNED_TOOLS).filter((name) => built.includes(name))).toEqual([]);
  });

  it('are found by name and by alias, and answer that nothing was checked', () => {
    const tool = PLANNED_TOOLS[0] ?? { name: '', alias: '', summary: '' };
    expect(findPlanned(tool.alias)).toBe(tool);
    expect(findPlanned('api-health-monitor')).toBeUndefined();
    expect(notBuilt(tool)).toMatchObject({ code: 'E_TOOL_NOT_BUILT', exitCode: 3 });
    expect(notBuilt(tool).message).toContain(tool.name);
  });
});
