import type { AlertSettings, NotifierSettings } from '../../config/alert-schema.ts';
import { assertUrl } from '../../config/resolve-targets.ts';
import { type Environment, resolveSecrets } from '../../config/resolve-secrets.ts';
import { type RearguardError, toRearguardError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redact.ts';
import type { Diagnostic } from '../../core/report.ts';
import { createHttpClient } from '../../platform/http-client.ts';
import { createNetGuard } from '../../platform/net-guard.ts';
import type { Notifier, NotifierDeps, NotifierKind, PlainNotifierSettings } from './notifiers/notifier.ts';
import { createNotifier } from './notifiers/senders.ts';

export interface ResolvedNotifiers {
  /** Those that can be used, by name. */
  settings: ReadonlyMap<string, PlainNotifierSettings>;
  /** Values that must never be shown. */
  secrets: readonly string[];
  /** Hosts that their messages go to. */
  allowHosts: readonly string[];
  unresolved: readonly { name: string; kind: NotifierKind; error: RearguardError }[];
  diagnostics: readonly Diagnostic[];
}

/** The settings that hold addresses, and what those must be. */
const ADDRESSES: Readonly<Record<string, { protocol: RegExp; expected: string }>> = {
  webhook: { protocol: /^https?:/, expected: 'an http:// or https:// URL' },
  url: { protocol: /^https?:/, expected: 'an http:// or https:// URL' },
  apiUrl: { protocol: /^https?:/, expected: 'an http:// or https:// URL' },
  smtp: { protocol: /^smtps?:/, expected: 'an smtp:// or smtps:// URL' },
};

/** Below this a path is a word like `/hook`, and no secret. */
const MIN_SECRET_PATH = 12;

/** Puts the secrets of the notifiers in their places. One whose secret is not there does not stop the others. */
export async function resolveNotifiers(
  alerts: Pick<AlertSettings, 'notifiers'>,
  sources: { env: Environment; directory: string },
): Promise<ResolvedNotifiers> {
  const settings = new Map<string, PlainNotifierSettings>();
  const secrets: string[] = [];
  const unresolved: { name: string; kind: NotifierKind; error: RearguardError }[] = [];
  const entries = Object.entries<NotifierSettings>(alerts.notifiers);
  for (const [name, written] of entries) {
    const at = ['alerts', 'notifiers', name];
    try {
      const resolved = await resolveSecrets(written, { ...sources, at });
      secrets.push(...resolved.secrets);
      for (const [key, text] of addressesOf(resolved.value as PlainNotifierSettings)) {
        const { protocol, expected } = ADDRESSES[key] ?? { protocol: /^/, expected: '' };
        assertUrl(text, protocol, expected, [...at, key].join('.'));
      }
      settings.set(name, resolved.value as PlainNotifierSettings);
    } catch (thrown) {
      unresolved.push({ name, kind: written.kind, error: toRearguardError(thrown) });
    }
  }
  return {
    settings,
    secrets,
    allowHosts: [...settings.values()].flatMap(addressesOf).map(([, text]) => new URL(text).hostname),
    unresolved,
    diagnostics: unresolved.map(({ name, error }) => ({
      level: 'error',
      message: `Notifier ${name} cannot send: ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })),
  };
}

/**
 * A sender for every notifier of the config, with a way to its own hosts only. One that could not be resolved keeps its messages
 * waiting: when its secret is there after all, they go out.
 */
export async function createNotifiers(
  resolved: ResolvedNotifiers,
  deps: Omit<NotifierDeps, 'http' | 'redact'>,
): Promise<Map<string, Notifier>> {
  const http = createHttpClient(createNetGuard({ allowHosts: resolved.allowHosts }));
  const notifiers = new Map<string, Notifier>();
  for (const [name, settings] of resolved.settings) {
    const redactor = createRedactor([...resolved.secrets, ...secretPaths(settings)]);
    notifiers.set(name, await createNotifier(settings, { ...deps, http, redact: redactor.text }));
  }
  for (const { name, error } of resolved.unresolved) {
    const outcome = { kind: 'retry', error: error.message } as const;
    notifiers.set(name, { send: () => Promise.resolve(outcome) });
  }
  return notifiers;
}

function addressesOf(settings: PlainNotifierSettings): [key: string, text: string][] {
  return Object.entries(settings).filter(
    (entry): entry is [string, string] => entry[0] in ADDRESSES && typeof entry[1] === 'string',
  );
}

/** Receivers and proxies like to repeat the path they were asked for, which for a webhook is the permission to write. */
function secretPaths(settings: PlainNotifierSettings): string[] {
  return addressesOf(settings)
    .map(([, text]) => new URL(text))
    .flatMap(({ pathname, search }) => [pathname, pathname + search])
    .filter((path) => path.length >= MIN_SECRET_PATH);
}
