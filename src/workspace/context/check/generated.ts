import type { DocumentLine, Region } from '../../regions.ts';
import { ROOMS } from '../budget.ts';
import type { ContextFacts } from '../facts.ts';
import { CONTEXT_REGIONS } from '../regions.ts';
import { setupBody } from '../setup.ts';
import { structureBody } from '../structure.ts';
import { toolsBody } from '../tools.ts';
import type { Mismatch } from './mismatch.ts';

/**
 * Regions that say something else than the code and the definitions do. How much of them is shown depends on what else has
 * to fit, so any room is right.
 */
export function generatedMismatches(
  facts: Pick<ContextFacts, 'project' | 'tools' | 'plannedTools'>,
  written: readonly Region[],
  lineOf: (region: string, bodyLine: number) => number,
): Mismatch[] {
  const { project, tools, plannedTools } = facts;
  const expected: readonly {
    name: string;
    kind: Mismatch['kind'];
    what: string;
    bodies: readonly string[];
  }[] = [
    {
      name: 'setup',
      kind: 'project',
      what: 'the set-up',
      bodies: project === null ? [] : [setupBody(project)],
    },
    {
      name: 'structure',
      kind: 'project',
      what: 'the code structure',
      bodies: project === null ? [] : ROOMS.map(({ folders }) => structureBody(project, folders)),
    },
    {
      name: 'tools',
      kind: 'catalogue',
      what: 'the tool catalogue',
      bodies: tools === null ? [] : ROOMS.map((room) => toolsBody(tools, plannedTools, room)),
    },
  ];
  return expected.flatMap(({ name, kind, what, bodies }) => {
    const region = written.find((candidate) => candidate.name === name);
    const [first] = bodies;
    if (region === undefined || first === undefined || bodies.includes(region.body)) return [];
    const at = firstDifference(region.body, first);
    const hint = '`rearguard workspace refresh` writes it anew.';
    return [
      {
        line: lineOf(name, at),
        kind,
        message: `${what} is no longer as the ${kind === 'catalogue' ? 'definitions have' : 'project has'} it`,
        hint,
      },
    ];
  });
}

/** Regions that a code block above them has swallowed: they are text then, and never refreshed. */
export function swallowedRegions(lines: readonly DocumentLine[], written: readonly Region[]): Mismatch[] {
  return lines.flatMap(({ line, content, isCode }) => {
    const [, name] = /^<!-- rearguard:begin ([a-z0-9-]+) -->/.exec(content) ?? [];
    const isOurs = CONTEXT_REGIONS.some((region) => region === name);
    if (!isCode || !isOurs || written.some((region) => region.name === name)) return [];
    const message = `the region ${name} stands in a code block, so it is never refreshed`;
    return [{ line, kind: 'project', message, hint: 'Close the block that was opened above it.' }];
  });
}

function firstDifference(one: string, other: string): number {
  const theirs = other.split('\n');
  const at = one.split('\n').findIndex((line, index) => line !== theirs[index]);
  return Math.max(0, at);
}
