import { sealed } from './seal.ts';

export const SKILL_NAME = 'rearguard';

/** Folders in which agents look for skills of a repository. */
export const SKILL_FOLDERS = { shared: '.agents/skills', claude: '.claude/skills' } as const;

export function skillPath(folder: string): string {
  return `${folder}/${SKILL_NAME}/SKILL.md`;
}

const DESCRIPTION =
  'Measure and mend this backend with the rearguard command line: slow or failing endpoints, slow queries and locks, load limits, ' +
  'errors in logs, dependencies that are down. Use it before and after backend changes, before and after deployments, in incidents, ' +
  'and to prove that a fix worked.';

/**
 * SKILL.md: thin on purpose. It sends the agent to the program itself, whose text always fits the version that runs; only
 * the version in it grows old, and \`rearguard skills\` says so.
 */
export function skillFile(version: string): string {
  return sealed(
    `---
name: ${SKILL_NAME}
description: ${JSON.stringify(DESCRIPTION)}
metadata:
  version: "${version}"
---

# Rearguard

Run \`rearguard skills\` and follow what it prints; \`rearguard skills <tool>\` prints the reference of one tool.
Both are made by the installed program, so they fit its version.

Where \`rearguard\` is not in PATH, call it as \`npx rearguard\`, or start a tool by its launcher in \`ai-agents/backend/tools/\`.
`,
    '<!-- -->',
  );
}

/** Version a SKILL.md of ours was written for; null for any other text. */
export function skillVersion(text: string): string | null {
  const [, header] = /^---\r?\n([^]*?)\r?\n---/.exec(text) ?? [];
  if (header === undefined || !/^name: rearguard\r?$/m.test(header)) return null;
  return /^ {2}version: "([^"\r\n]+)"/m.exec(header)?.[1] ?? null;
}
