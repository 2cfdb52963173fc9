import type { Effect, ToolDefinition } from './define.ts';

/** What is known of a tool without loading it: enough for help, completion and catalogues. */
export interface ToolEntry {
  name: string;
  alias: string;
  summary: string;
  commands: readonly { name: string; summary: string; effect: Effect }[];
  load(): Promise<ToolDefinition>;
}

/** The tools that come with Rearguard. A test proves that each entry equals what it loads. */
export const BUILTIN_TOOLS: readonly ToolEntry[] = [
  {
    name: 'api-health-monitor',
    alias: 'health',
    summary: 'Response times, error rates and uptime of endpoints',
    commands: [
      {
        name: 'watch',
        summary: 'Probe every endpoint in its slots and show what changes, live',
        effect: 'traffic',
      },
      {
        name: 'status',
        summary: 'How every endpoint is now: a quick round of probes, judged with history',
        effect: 'traffic',
      },
      {
        name: 'baseline',
        summary: 'Measure every endpoint and keep the result, to compare with later',
        effect: 'traffic',
      },
      {
        name: 'performance-report',
        summary: 'Percentiles, uptime, error budget, trend and worst hours of every endpoint, from history',
        effect: 'read',
      },
      {
        name: 'post-deploy-check',
        summary: 'Whether the release made any endpoint slower or less reliable than the baseline',
        effect: 'traffic',
      },
    ],
    load: async () => (await import('./api-health-monitor/index.ts')).tool,
  },
  {
    name: 'dependency-health-checker',
    alias: 'deps',
    summary: 'What the backend depends on: databases, brokers, APIs, names and certificates',
    commands: [
      {
        name: 'monitor',
        summary: 'Probe every dependency in its slots and show what changes, live',
        effect: 'traffic',
      },
      {
        name: 'status',
        summary: 'How every dependency is now, from fresh connections; or what would break without one',
        effect: 'traffic',
      },
      {
        name: 'discover',
        summary:
          'Dependencies that the project shows and the config does not list; writes only with --confirm',
        effect: 'write',
      },
    ],
    load: async () => (await import('./dependency-health-checker/index.ts')).tool,
  },
  {
    name: 'database-performance-tracker',
    alias: 'db',
    summary: 'What databases do and did: connections, locks, waits, statements, storage, vacuum',
    commands: [
      {
        name: 'analyze',
        summary:
          'What databases did in a window, and how they stand: statements, tables, indexes, vacuum, settings',
        effect: 'read',
      },
      {
        name: 'overnight-summary',
        summary:
          'What changed since last evening: regressions with their cause, plans, load, growth, failures',
        effect: 'read',
      },
      {
        name: 'current-state',
        summary: 'One screen of what databases do now: connections, locks, waits, statements, replication',
        effect: 'read',
      },
      {
        name: 'incident-mode',
        summary: 'Who holds up whom right now: the root blocker, its victims, what changed and what ends it',
        effect: 'read',
      },
      {
        name: 'watch',
        summary: 'Look at databases again and again, keep what they count, and show what changes, live',
        effect: 'read',
      },
    ],
    load: async () => (await import('./database-performance-tracker/index.ts')).tool,
  },
  {
    name: 'query-optimizer',
    alias: 'queries',
    summary: 'What queries cost and how to make them cheap: N+1, indexes, rewrites, each proven',
    commands: [
      {
        name: 'analyze',
        summary:
          'What queries do that they need not: N+1, deep pages, counts, casts, locks; each with its figures',
        effect: 'read',
      },
      {
        name: 'recommendations',
        summary:
          'Which indexes to create, which to drop and which queries to write otherwise, each proven in a copy',
        effect: 'read',
      },
      {
        name: 'explain',
        summary:
          'How one query is planned, what stands out, and what would make it faster; nothing is run on the server',
        effect: 'read',
      },
      {
        name: 'prove',
        summary:
          'Really do one recommendation in a copy, and measure every query that it touches before and after',
        effect: 'read',
      },
    ],
    load: async () => (await import('./query-optimizer/index.ts')).tool,
  },
  {
    name: 'load-tester',
    alias: 'load',
    summary: 'What the backend takes: honest load, from a first look to its limits',
    commands: [
      {
        name: 'quick-test',
        summary: 'Ten seconds of load without any set-up: alone, with more users, then at half of their rate',
        effect: 'traffic',
      },
      {
        name: 'run',
        summary: 'Make load as asked for, show it live, and judge it by objectives and thresholds',
        effect: 'traffic',
      },
      {
        name: 'before-after',
        summary:
          'Whether a version is slower or fails more under the same load: two live ones in turn, or a baseline',
        effect: 'traffic',
      },
      {
        name: 'capacity',
        summary:
          'The highest rate that still meets the objective, the knee of latency and the breaking point',
        effect: 'traffic',
      },
      {
        name: 'record',
        summary:
          'Write a scenario: from what you click through a local proxy, or from a log or file of real usage',
        effect: 'traffic',
      },
    ],
    load: async () => (await import('./load-tester/index.ts')).tool,
  },
  {
    name: 'error-analyzer',
    alias: 'errors',
    summary: 'Errors and exceptions in logs: grouped, what is new or exploding, who is hit, and why',
    commands: [
      {
        name: 'analyze',
        summary:
          'Errors of a time in groups: what is new, back, spiking or gone, who is hit, and the likely cause',
        effect: 'read',
      },
      {
        name: 'monitor',
        summary:
          'Follow logs and say what changes: errors that are new, back, exploding, growing, stopped or over',
        effect: 'read',
      },
      {
        name: 'emergency',
        summary:
          'One screen in an incident: what is new or exploding, since when, who is hit, why, what to run next',
        effect: 'read',
      },
      {
        name: 'show',
        summary:
          'One error whole: how often, who is hit, which releases, its records, the likely cause, and why they are one',
        effect: 'read',
      },
      {
        name: 'resolve',
        summary: 'Say that an error is mended: it is told when it comes back',
        effect: 'read',
      },
      {
        name: 'ignore',
        summary: 'Say that an error does no harm: it is counted and not told',
        effect: 'read',
      },
      { name: 'reopen', summary: 'Take back what was said of an error', effect: 'read' },
      {
        name: 'query',
        summary: 'Records that a filter matches: how many, when, the newest ones, and by which values',
        effect: 'read',
      },
      {
        name: 'group',
        summary:
          'How records fall into groups: all of them, each record for scoring, why, and what rules would change',
        effect: 'read',
      },
    ],
    load: async () => (await import('./error-analyzer/index.ts')).tool,
  },
];

/** A built-in tool by its name or alias. */
export function loadBuiltinTool(name: string): Promise<ToolDefinition> {
  const entry = BUILTIN_TOOLS.find((tool) => tool.name === name || tool.alias === name);
  if (!entry) throw new TypeError(`${name} is no built-in tool`);
  return entry.load();
}

export function loadBuiltinTools(): Promise<ToolDefinition[]> {
  return Promise.all(BUILTIN_TOOLS.map((entry) => entry.load()));
}
