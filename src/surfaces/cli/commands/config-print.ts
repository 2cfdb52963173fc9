import type { Origin, ResolvedConfig } from '../../../config/types.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard config print`: every setting with its value and where it came from; secrets stay references. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('config print');
  return withRuntime(invocation, { requireConfig: false }, async ({ config }) => {
    return localResult(frame, {
      summary: `${config.entries.length} settings, from ${config.path ?? 'defaults only: there is no config'}.`,
      data: { path: config.path ?? null, directory: config.directory, settings: config.entries },
      sections: [
        {
          kind: 'table',
          columns: [{ header: 'Setting' }, { header: 'Value' }, { header: 'From' }],
          rows: config.entries.map((entry) => [
            entry.path,
            valueText(entry.value),
            originText(entry.origin, config),
          ]),
        },
      ],
    });
  });
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  const reference = (value ?? {}) as { $env?: unknown; $file?: unknown };
  if (typeof reference.$env === 'string') return `environment variable ${reference.$env}`;
  if (typeof reference.$file === 'string') return `file ${reference.$file}`;
  return JSON.stringify(value);
}

function originText(origin: Origin, config: ResolvedConfig): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'flag':
    case 'environment':
      return `${origin.kind} ${origin.name}`;
    default:
      return `${origin.path === config.path ? 'config' : origin.path}${origin.line === undefined ? '' : `:${origin.line}`}`;
  }
}
