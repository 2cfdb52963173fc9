import { type CommandSpec, option } from './spec.ts';

const SEVERAL_TOOLS = option({
  field: 'tool',
  kind: 'list',
  description: 'only these tools, by name or alias',
  placeholder: 'name',
});

const FINDING = option({
  field: 'finding',
  description: 'id of a finding, or the beginning of it',
  required: true,
  positional: true,
});

/** Name and summary of the parents that are not tools. */
export const GROUPS: Readonly<Record<string, string>> = {
  findings: 'what was found, in this and earlier runs',
  deploy: 'tell Rearguard about deployments',
  alerts: 'what is wrong now, and who was told',
  maintenance: 'windows of planned work',
  config: 'the configuration as Rearguard understands it',
  tools: 'the tools and their commands',
};

/** The commands outside the tools. Their code loads when they run: this list is all that `--help` needs. */
export const BUILTIN_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['check'],
    summary: 'run the safe check of every configured tool and rank what they find',
    options: [SEVERAL_TOOLS],
    effect: 'traffic',
    examples: [
      { line: 'rearguard check', does: 'everything; exit 1 for findings that are high or critical' },
      { line: 'rearguard check --tool health --fail-on medium', does: 'one tool, and stricter' },
      { line: 'rearguard check --output sarif --out rearguard.sarif', does: 'for a code scanning page' },
    ],
    run: async (invocation) => (await import('./commands/check.ts')).run(invocation),
  },
  {
    path: ['findings', 'list'],
    isDefault: true,
    summary: 'list the open findings, worst first',
    options: [
      SEVERAL_TOOLS,
      option({
        field: 'state',
        kind: 'list',
        description: 'only findings in these states',
        choices: ['new', 'ongoing', 'regressed', 'resolved', 'muted'],
        defaultText: 'new,ongoing,regressed',
      }),
      option({
        field: 'severity',
        description: 'only this severe or worse',
        choices: ['critical', 'high', 'medium', 'low', 'info'],
      }),
      option({ field: 'rule', description: 'only of this rule', placeholder: 'id' }),
      option({
        field: 'subject',
        description: 'only where the subject has this in its name',
        placeholder: 'text',
      }),
      option({
        field: 'limit',
        kind: 'integer',
        description: 'at most so many',
        placeholder: 'n',
        defaultText: '20',
      }),
      option({ field: 'cursor', description: 'the page after, from page.nextCursor of the page before' }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard findings', does: 'what stands now' },
      { line: 'rearguard findings list --state resolved --json', does: 'what is gone, for a program' },
    ],
    run: async (invocation) => (await import('./commands/findings.ts')).list(invocation),
  },
  {
    path: ['findings', 'show'],
    summary: 'show one finding with its evidence and fix',
    options: [FINDING],
    effect: 'read',
    examples: [{ line: 'rearguard findings show health-3f9a1c20', does: 'everything known about it' }],
    run: async (invocation) => (await import('./commands/findings.ts')).show(invocation),
  },
  {
    path: ['findings', 'mute'],
    summary: 'keep a finding out of results and exit codes',
    options: [
      FINDING,
      option({
        field: 'for',
        description: 'for this long; without it, until it is unmuted',
        placeholder: 'duration',
      }),
      option({
        field: 'reason',
        description: 'why, for those who come later',
        placeholder: 'text',
        required: true,
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard findings mute health-3f9a1c20 --for 7d --reason "fixed in the next release"',
        does: 'a week of silence for one finding',
      },
    ],
    run: async (invocation) => (await import('./commands/findings.ts')).mute(invocation),
  },
  {
    path: ['findings', 'unmute'],
    summary: 'let a muted finding count again',
    options: [FINDING],
    effect: 'write',
    examples: [{ line: 'rearguard findings unmute health-3f9a1c20', does: 'it counts again' }],
    run: async (invocation) => (await import('./commands/findings.ts')).unmute(invocation),
  },
  {
    path: ['verify'],
    summary: 'run exactly the check that raised a finding: exit 0 only if it is gone',
    options: [FINDING],
    effect: 'traffic',
    examples: [
      { line: 'rearguard verify health-3f9a1c20', does: '0: gone; 1: it stands; 3: could not tell' },
    ],
    run: async (invocation) => (await import('./commands/verify.ts')).run(invocation),
  },
  {
    path: ['deploy', 'mark'],
    summary: 'record that a release went live, so that before and after can be told apart',
    options: [
      option({
        field: 'release',
        description: 'name of the release: a version or a commit',
        placeholder: 'name',
      }),
      option({
        field: 'target',
        description: 'name of the target, when only one was deployed',
        placeholder: 'name',
      }),
    ],
    effect: 'write',
    examples: [{ line: 'rearguard deploy mark --release v1.4.2', does: 'call it last in the deploy script' }],
    run: async (invocation) => (await import('./commands/deploy-mark.ts')).run(invocation),
  },
  {
    path: ['alerts', 'list'],
    isDefault: true,
    summary: 'what fires, what is kept quiet and why, what is over, and what could not be told',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard alerts', does: 'now, and since yesterday' }],
    run: async (invocation) => (await import('./commands/alerts-list.ts')).run(invocation),
  },
  {
    path: ['alerts', 'silence'],
    summary: 'tell nobody of some alerts for a while; they are recorded all the same',
    options: [
      option({
        field: 'pattern',
        description: 'target, endpoint or dependency; * stands for anything',
        required: true,
        positional: true,
      }),
      option({
        field: 'for',
        description: 'for this long',
        placeholder: 'duration',
        required: true,
      }),
      option({
        field: 'reason',
        description: 'why, for those who come later',
        placeholder: 'text',
        required: true,
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard alerts silence payment --for 2h --reason "the vendor knows"',
        does: 'two quiet hours; what still fires then is told then',
      },
    ],
    run: async (invocation) => (await import('./commands/alerts-silence.ts')).silence(invocation),
  },
  {
    path: ['alerts', 'unsilence'],
    summary: 'end a silence now',
    options: [
      option({
        field: 'silence',
        description: 'id of the silence, or the beginning of it',
        required: true,
        positional: true,
      }),
    ],
    effect: 'write',
    examples: [{ line: 'rearguard alerts unsilence silence-3f9a1c', does: 'what still fires is told' }],
    run: async (invocation) => (await import('./commands/alerts-silence.ts')).unsilence(invocation),
  },
  {
    path: ['alerts', 'test'],
    summary: 'send a real message through a notifier, now; without a name, list them',
    options: [option({ field: 'notifier', description: 'name of the notifier', positional: true })],
    effect: 'traffic',
    examples: [{ line: 'rearguard alerts test team-chat', does: '0: delivered; 3: not, and why' }],
    run: async (invocation) => (await import('./commands/alerts-test.ts')).run(invocation),
  },
  {
    path: ['maintenance', 'list'],
    isDefault: true,
    summary: 'windows of planned work: those added by hand and those of the config',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard maintenance', does: 'the last 30 days and the next 7' }],
    run: async (invocation) => (await import('./commands/maintenance.ts')).list(invocation),
  },
  {
    path: ['maintenance', 'add'],
    summary: 'a window in which nobody is told and nothing counts against objectives, also afterwards',
    options: [
      option({
        field: 'from',
        description: 'when it begins: now, -30m, +2h, or 2026-11-22T14:00Z',
        placeholder: 'time',
        defaultText: 'now',
      }),
      option({ field: 'to', description: 'when it ends, written like --from', placeholder: 'time' }),
      option({ field: 'for', description: 'how long it lasts, in place of --to', placeholder: 'duration' }),
      option({
        field: 'subject',
        kind: 'list',
        description: 'targets, endpoints or dependencies, * stands for anything; without it, everything',
        placeholder: 'pattern',
      }),
      option({
        field: 'reason',
        description: 'why, for those who come later',
        placeholder: 'text',
        required: true,
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard maintenance add --for 30m --subject shop --reason "database upgrade"',
        does: 'from now on',
      },
      {
        line: 'rearguard maintenance add --from -2h --to -90m --reason "power cut in the lab"',
        does: 'afterwards: objectives leave it out',
      },
    ],
    run: async (invocation) => (await import('./commands/maintenance.ts')).add(invocation),
  },
  {
    path: ['maintenance', 'end'],
    summary: 'end a window that was added by hand, or take it back',
    options: [
      option({
        field: 'window',
        description: 'id of the window, or the beginning of it',
        required: true,
        positional: true,
      }),
    ],
    effect: 'write',
    examples: [{ line: 'rearguard maintenance end work-3f9a1c', does: 'the work is done early' }],
    run: async (invocation) => (await import('./commands/maintenance.ts')).end(invocation),
  },
  {
    path: ['heartbeat'],
    summary: 'report that something ran which must run regularly',
    options: [
      option({
        field: 'name',
        description: 'name of the heartbeat in the config',
        required: true,
        positional: true,
      }),
    ],
    effect: 'write',
    examples: [
      { line: './backup.sh && rearguard heartbeat backup', does: 'without it, `alerts.heartbeats` tells' },
    ],
    run: async (invocation) => (await import('./commands/heartbeat.ts')).run(invocation),
  },
  {
    path: ['config', 'print'],
    isDefault: true,
    summary: 'every setting with its value and where it came from; secrets stay references',
    options: [],
    effect: 'read',
    examples: [
      { line: 'rearguard config print', does: 'flag, environment, file or default, setting by setting' },
    ],
    run: async (invocation) => (await import('./commands/config-print.ts')).run(invocation),
  },
  {
    path: ['schema'],
    summary: 'print a JSON Schema; without a name, list them',
    options: [
      option({
        field: 'name',
        description: 'report, finding, event, config, or tool.command',
        positional: true,
      }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard schema report', does: 'the envelope that --json prints' },
      { line: 'rearguard schema config > rearguard.schema.json', does: 'for an editor' },
    ],
    run: async (invocation) => (await import('./commands/schema.ts')).run(invocation),
  },
  {
    path: ['doctor'],
    summary: 'whether this machine, this config and the store are ready',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard doctor', does: 'names what is missing and the command that brings it' }],
    run: async (invocation) => (await import('./commands/doctor.ts')).run(invocation),
  },
  {
    path: ['serve'],
    summary: 'watch all the time, alert, and answer on a local port, until it is stopped',
    options: [
      option({
        field: 'port',
        kind: 'integer',
        description: 'port of the API; 0 takes a free one',
        placeholder: 'n',
        defaultText: 'serve.port',
      }),
      option({
        field: 'host',
        description: 'address to listen on; beyond loopback it needs serve.tls',
        placeholder: 'address',
        defaultText: 'serve.host',
      }),
      option({
        field: 'healthcheck',
        kind: 'boolean',
        description: 'ask the daemon that runs how it is, and end: exit 0 only if all is well',
      }),
    ],
    effect: 'traffic',
    examples: [
      { line: 'rearguard serve', does: 'in the foreground, as systemd and containers like it' },
      { line: 'rearguard serve --port 0 --json', does: 'any free port, one JSON line per change' },
    ],
    run: async (invocation) => (await import('./commands/serve.ts')).run(invocation),
  },
  {
    path: ['demo'],
    summary: 'start a backend with planted faults and check it',
    options: [
      option({ field: 'fault', kind: 'list', description: 'only these faults', placeholder: 'name' }),
      option({ field: 'list', kind: 'boolean', description: 'list the faults and end' }),
      option({ field: 'once', kind: 'boolean', description: 'end after the report instead of staying up' }),
      option({
        field: 'port',
        kind: 'integer',
        description: 'port of the demo backend; without it, any free one',
        placeholder: 'n',
      }),
    ],
    effect: 'traffic',
    examples: [
      { line: 'rearguard demo', does: 'every fault that can be seen beside the others' },
      { line: 'rearguard demo --fault slow-endpoint,hang', does: 'two faults' },
      { line: 'rearguard demo --once --json', does: 'the report for a program' },
    ],
    run: async (invocation) => (await import('./commands/demo.ts')).run(invocation),
  },
  {
    path: ['tools', 'list'],
    isDefault: true,
    summary: 'the tools, where each comes from, and their commands',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard tools', does: 'built in and your own' }],
    run: async (invocation) => (await import('./commands/tools-list.ts')).run(invocation),
  },
  {
    path: ['completion'],
    summary: 'print the completion script of a shell',
    options: [
      option({
        field: 'shell',
        description: 'which shell',
        choices: ['bash', 'zsh', 'fish', 'powershell'],
        required: true,
        positional: true,
      }),
    ],
    effect: 'read',
    examples: [
      { line: 'source <(rearguard completion bash)', does: 'in ~/.bashrc' },
      { line: 'rearguard completion fish > ~/.config/fish/completions/rearguard.fish', does: 'once' },
    ],
    run: async (invocation) => (await import('./commands/completion.ts')).run(invocation),
  },
];
