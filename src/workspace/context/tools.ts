import type { CatalogueTool } from './facts.ts';
import { launcherOf } from '../init/launchers.ts';
import type { Room } from './budget.ts';
import { code, listOf, plain } from './words.ts';

/** The catalogue from the tools' own definitions. */
export function toolsBody(
  tools: readonly CatalogueTool[],
  planned: readonly string[],
  { fullTools, toolLines }: Pick<Room, 'fullTools' | 'toolLines'>,
): string {
  const left = tools.length - toolLines;
  return [
    ...tools.slice(0, toolLines).flatMap((tool, index) => entryOf(tool, index < fullTools)),
    ...(left > 0 ? [`- ${left} more: \`rearguard tools\``] : []),
    ...(planned.length === 0
      ? []
      : [
          `- Not built yet: ${listOf(
            planned.map((name) => code(launcherOf(name).file, 60)),
            4,
          )}`,
        ]),
  ].join('\n');
}

function entryOf(
  { name, alias, summary, whenToUse, usage, maintenance, own }: CatalogueTool,
  full: boolean,
): string[] {
  const origin = own === null ? '' : ` (your own: ${code(own, 80)})`;
  const head = `- **${code(launcherOf(name).file, 60)}** - ${plain(summary, 110)}${origin}`;
  if (!full) return [`${head}; ${code(`rearguard ${alias}`, 60)}`];
  return [
    head,
    `  - **When to use**: ${plain(whenToUse, 120)}`,
    `  - **Usage**: ${code(usage, 120)}`,
    `  - **Maintenance**: ${maintenance}`,
  ];
}
