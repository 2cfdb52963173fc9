import path from 'node:path';
import { systemFiles } from '../../../platform/files.ts';
import type { Runtime } from '../../../runtime/runtime.ts';
import type { ToolDefinition } from '../../../tools/define.ts';
import { PLANNED_TOOLS } from '../../../tools/planned.ts';
import { SKILL_FOLDERS, skillPath, skillVersion } from '../../../workspace/init/skill-file.ts';
import { BUILTIN_COMMANDS } from '../builtin.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import { skillText, toolReference } from '../skill-text.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { packageVersion } from '../version.ts';

/** `rearguard skills [tool]`: always the text of the version that runs, whatever skill was installed when. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('skills');
  const needs = { requireConfig: false, rememberWithoutConfig: false };
  return withRuntime(invocation, needs, async (runtime) => {
    const version = packageVersion();
    const name = invocation.values['name'] as string | undefined;
    const installed = await installedSkills(runtime.config.directory);
    const outdated = installed.filter((skill) => skill.version !== version);
    for (const skill of outdated) {
      runtime.log.warn(
        `${skill.path} is of version ${skill.version}, this is ${version}: \`rearguard init\` brings it up to date.`,
      );
    }
    const text =
      name === undefined
        ? skillText({
            version,
            tools: await loadable(runtime),
            planned: PLANNED_TOOLS,
            commands: BUILTIN_COMMANDS,
          })
        : toolReference(await runtime.catalog.find(name).load());
    const result = localResult(frame, {
      summary: name === undefined ? `How to work with Rearguard ${version}.` : `Reference of ${name}.`,
      data: { name: name ?? null, version, text, installed },
      sections: [{ kind: 'text', text }],
    });
    return { ...result, text };
  });
}

/** A tool of the user's own that cannot be loaded is told of elsewhere; the skill is about what works. */
async function loadable({ catalog }: Runtime): Promise<ToolDefinition[]> {
  const tools = await Promise.all(catalog.tools.map((entry) => entry.load().catch(() => null)));
  return tools.filter((tool) => tool !== null);
}

async function installedSkills(root: string): Promise<{ path: string; version: string }[]> {
  const found = await Promise.all(
    Object.values(SKILL_FOLDERS).map(async (folder) => {
      const file = skillPath(folder);
      const text = await systemFiles.readText(path.join(root, file)).catch(() => '');
      const version = skillVersion(text);
      return version === null ? [] : [{ path: file, version }];
    }),
  );
  return found.flat();
}
