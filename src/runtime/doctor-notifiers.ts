import type { ResolvedConfig } from '../config/types.ts';
import type { Environment } from '../config/resolve-secrets.ts';
import { createRedactor } from '../core/redact.ts';
import { resolveNotifiers } from './alerts/resolve-notifiers.ts';
import { type Examination, failedRow } from './doctor-data.ts';

/** Whether the settings and secrets of each notifier are there. Nothing is sent: whoever is told should have a reason. */
export async function examineNotifiers(
  { alerts, directory }: Pick<ResolvedConfig, 'alerts' | 'directory'>,
  env: Environment,
): Promise<Examination[]> {
  const { settings, unresolved, secrets } = await resolveNotifiers(alerts, { env, directory });
  const usable = [...settings].map(([name, { kind }]): Examination => ({
    name: `notifier ${name}`,
    result: 'ok',
    detail: `${kind}; nothing was sent`,
    hint: `\`rearguard alerts test ${name}\` sends a message.`,
  }));
  const missing = unresolved.map(({ name, error }) => failedRow(`notifier ${name}`, error));
  return createRedactor(secrets).deep([...usable, ...missing]);
}
