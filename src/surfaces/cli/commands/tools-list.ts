import path from 'node:path';
import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import type { ReportError } from '../../../core/report.ts';
import { PLANNED_TOOLS } from '../../../tools/planned.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard tools list`: a plugin is code with the user's rights, so its origin is shown. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('tools list');
  return withRuntime(invocation, { requireConfig: false }, async ({ catalog, config }) => {
    const data = catalog.tools.map(({ name, alias, summary, origin, commands }) => ({
      name,
      alias,
      summary,
      origin,
      commands,
    }));
    const broken = catalog.broken.map(({ name, origin, error }) => ({
      name,
      origin,
      error: error.toReportError(),
    }));
    return localResult(frame, {
      summary: [`${counted(data.length, 'tool')}.`, ...brokenNote(broken.length), ...plannedNote()].join(' '),
      data: { tools: data, planned: PLANNED_TOOLS, broken },
      sections: [
        {
          kind: 'table',
          columns: [{ header: 'Tool' }, { header: 'Alias' }, { header: 'Summary' }],
          rows: data.map(({ name, alias, summary }) => [name, alias, summary]),
        },
        ...originTable(data, config.directory),
        ...brokenTexts(broken),
      ],
      diagnostics: broken.map(({ error: { message, hint } }) => ({
        level: 'warning',
        message,
        ...(hint === undefined ? {} : { hint }),
      })),
      next: data.slice(0, 1).map((tool) => `rearguard ${tool.name} --help`),
    });
  });
}

/** Paths within the folder of the config from there on: whole ones would be cut in a terminal. */
function originTable(tools: readonly { name: string; origin: string }[], directory: string): Block[] {
  const own = tools.filter(({ origin }) => origin !== 'built-in');
  if (own.length === 0) return [];
  const shown = (origin: string): string =>
    origin.startsWith(directory + path.sep) ? path.relative(directory, origin) : origin;
  return [
    {
      kind: 'table',
      title: 'Your own',
      columns: [{ header: 'Tool' }, { header: 'From' }],
      rows: own.map(({ name, origin }) => [name, shown(origin)]),
    },
  ];
}

function brokenTexts(broken: readonly { error: ReportError }[]): Block[] {
  return broken.map(({ error }) => ({ kind: 'text', text: error.message, tone: 'bad' }));
}

function brokenNote(count: number): string[] {
  return count === 0 ? [] : [`${counted(count, 'own tool')} cannot be used.`];
}

function plannedNote(): string[] {
  if (PLANNED_TOOLS.length === 0) return [];
  return [`Not built yet: ${PLANNED_TOOLS.map(({ name }) => name).join(', ')}.`];
}
