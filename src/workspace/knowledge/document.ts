import { fieldsOf } from './entry.ts';

/** The first docs/KNOWLEDGE.md; the team's from then on. */
export function knowledgeDocument(): string {
  return `# Knowledge

What this team learned of its backend, one lesson an entry. A finding that an entry matches shows it wherever it is seen.

- \`rearguard knowledge add --from <finding>\` drafts an entry with what was measured; complete it.
- \`rearguard knowledge search <words>\` looks through all of them, \`rearguard knowledge check\` tells what an entry lacks.

An entry may as well be written by hand. One about an incident has these headings:

\`\`\`markdown
## Backend Issue: what went wrong, in a few words

\`kb-short-name\` · 2026-11-28 · by your name · review by 2027-05-28

**Matches**: \`db-3f9a1c20\`, \`tool-name/rule-name\` on \`orders*\`

${fieldsOf('incident')
  .map((name) => `**${name}**: …`)
  .join('\n')}
\`\`\`

One about a way to build begins with \`## Backend Pattern: …\` and has the last ${fieldsOf('pattern').length} of them.
`;
}
