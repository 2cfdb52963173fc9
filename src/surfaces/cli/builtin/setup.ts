import { type CommandSpec, option } from '../spec.ts';

/** Getting ready, and seeing how Rearguard understands its surroundings. */
export const SETUP_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['config', 'print'],
    isDefault: true,
    summary: 'every setting with its value and where it came from; secrets stay references',
    options: [],
    effect: 'read',
    examples: [
      { line: 'rearguard config print', does: 'flag, environment, file or default, setting by setting' },
    ],
    run: async (invocation) => (await import('../commands/config-print.ts')).run(invocation),
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
    run: async (invocation) => (await import('../commands/schema.ts')).run(invocation),
  },
  {
    path: ['doctor'],
    summary: 'whether this machine, this config and the store are ready',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard doctor', does: 'names what is missing and the command that brings it' }],
    run: async (invocation) => (await import('../commands/doctor.ts')).run(invocation),
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
    run: async (invocation) => (await import('../commands/demo.ts')).run(invocation),
  },
  {
    path: ['tools', 'list'],
    isDefault: true,
    summary: 'the tools, where each comes from, and their commands',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard tools', does: 'built in and your own' }],
    run: async (invocation) => (await import('../commands/tools-list.ts')).run(invocation),
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
    run: async (invocation) => (await import('../commands/completion.ts')).run(invocation),
  },
];
