/** A request as tools make it: it ends when the run is told to. */
export const WAITING = `const response = await ctx.http.request(ctx.targets[0].baseUrl + '/', { timeoutMs: 60000, maxBytes: 1000, signal: ctx.signal });`;
const SEEN = `{ subject: { kind: 'endpoint', name: 'a' }, rules: ['my-tool/bad'] }`;

/** Text of a small tool `my-tool` that reports its target as bad unless it answers 200; parts of it can be made wrong. */
export function toolText({
  top = '',
  body = WAITING,
  name = 'a',
  input = '{}',
  covered = SEEN,
} = {}): string {
  return `import { defineCommand, defineTool, z } from 'rearguard';
${top}
let count = 0;
export default defineTool({
  name: 'my-tool', alias: 'mine', summary: 'Mine', whenToUse: 'Always', options: z.object({}), check: 'look',
  rules: [{ id: 'my-tool/bad', title: 'Bad', severity: 'high', help: 'h', fix: 'f', examples: { reports: 'r', silent: 's' } }],
  commands: { look: defineCommand({
    summary: 'Look', input: z.object(${input}), data: z.null(), effect: 'read',
    examples: [{ line: 'rearguard my-tool look', does: 'looks' }],
    async run(ctx) {
      count += 1;
      ${body}
      const bad = typeof response === 'undefined' || response.status !== 200;
      return {
        summary: 'seen', sections: [], data: null, coverage: { checked: [${covered}], notChecked: [] },
        findings: bad ? [{
          rule: 'my-tool/bad', severity: 'high', confidence: 'proven', title: 'bad',
          subject: { kind: 'endpoint', name: \`${name}\` }, evidence: [{ label: 'n', value: count }],
          fix: { summary: 'f', steps: [] }, check: { command: 'look', input: {} } }] : [],
      };
    },
  }) },
});`;
}
