import { type CommandSpec, option } from '../spec.ts';

/** Watching all the time, and telling people. */
export const ALERTING_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['alerts', 'list'],
    isDefault: true,
    summary: 'what fires, what is kept quiet and why, what is over, and what could not be told',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard alerts', does: 'now, and since yesterday' }],
    run: async (invocation) => (await import('../commands/alerts-list.ts')).run(invocation),
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
    run: async (invocation) => (await import('../commands/alerts-silence.ts')).silence(invocation),
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
    run: async (invocation) => (await import('../commands/alerts-silence.ts')).unsilence(invocation),
  },
  {
    path: ['alerts', 'test'],
    summary: 'send a real message through a notifier, now; without a name, list them',
    options: [option({ field: 'notifier', description: 'name of the notifier', positional: true })],
    effect: 'traffic',
    examples: [{ line: 'rearguard alerts test team-chat', does: '0: delivered; 3: not, and why' }],
    run: async (invocation) => (await import('../commands/alerts-test.ts')).run(invocation),
  },
  {
    path: ['maintenance', 'list'],
    isDefault: true,
    summary: 'windows of planned work: those added by hand and those of the config',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard maintenance', does: 'the last 30 days and the next 7' }],
    run: async (invocation) => (await import('../commands/maintenance.ts')).list(invocation),
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
    run: async (invocation) => (await import('../commands/maintenance.ts')).add(invocation),
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
    run: async (invocation) => (await import('../commands/maintenance.ts')).end(invocation),
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
    run: async (invocation) => (await import('../commands/heartbeat.ts')).run(invocation),
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
    run: async (invocation) => (await import('../commands/serve.ts')).run(invocation),
  },
];
