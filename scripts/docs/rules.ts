import type { Rule } from '../../src/core/finding.ts';
import type { ToolDefinition } from '../../src/tools/define.ts';
import { GENERATED } from './markdown.ts';

export function rulesPage(tools: readonly ToolDefinition[]): string {
  return `# Rules
${GENERATED}

Every finding is the result of one of these rules at one subject. The severity is the usual one; the evidence can raise or lower it.
${tools.map(toolPart).join('')}`;
}

function toolPart(tool: ToolDefinition): string {
  return `
## ${tool.name}
${tool.summary}
${tool.rules.map(rulePart).join('')}`;
}

function rulePart(rule: Rule): string {
  return `
### ${rule.id}
**${rule.title}** (${rule.severity}). ${rule.help}

- Fix: ${rule.fix}
- Reports: ${rule.examples.reports}
- Stays silent: ${rule.examples.silent}
`;
}
