import { resolve } from 'node:path';
import { RearguardError, toRearguardError } from '../core/errors.ts';
import type { Diagnostic } from '../core/report.ts';
import type { ProbeAuth } from '../platform/probe/types.ts';
import {
  absoluteSqliteUrl,
  DATABASE_SCHEMES,
  DATABASE_URL_EXPECTED,
  databaseFamily,
  plainDatabaseUrl,
} from '../platform/sql/database-url.ts';
import { type PlainTls, readTls } from './read-tls.ts';
import { resolveSecrets, type Environment } from './resolve-secrets.ts';
import type { HttpTarget, Target } from './targets.ts';
import type { ResolvedConfig } from './types.ts';

export interface ResolvedTargets {
  targets: Target[];
  /** Values that must never be shown. */
  secrets: string[];
  /** Why a target is missing from `targets`, by its name; one at most for each. */
  unresolved: { name: string; error: RearguardError }[];
  diagnostics: Diagnostic[];
}

/** A target as the config has it, its references replaced by text. */
interface PlainTarget {
  baseUrl?: string;
  openapi?: string;
  headers?: Record<string, string>;
  auth?: ProbeAuth;
  tls?: PlainTls;
  database?: string;
  logs?: string[];
  spans?: string[];
}

/**
 * The targets with every secret in its place, ready for use and never for a report. A target whose
 * secret or certificate is not there is left out and said so: the others can still be checked.
 */
export async function resolveTargets(
  config: Pick<ResolvedConfig, 'targets' | 'directory'>,
  env: Environment,
): Promise<ResolvedTargets> {
  const result: ResolvedTargets = { targets: [], secrets: [], unresolved: [], diagnostics: [] };
  for (const [name, settings] of Object.entries(config.targets)) {
    try {
      const sources = { env, directory: config.directory, at: ['targets', name] };
      const { value, secrets } = await resolveSecrets(settings, sources);
      result.secrets.push(...secrets, ...derivedSecrets(value as PlainTarget));
      result.targets.push(await toTarget(name, value as PlainTarget, config.directory));
    } catch (thrown) {
      const error = toRearguardError(thrown);
      result.unresolved.push({ name, error });
      result.diagnostics.push({
        level: 'error',
        message: `Target ${name} was left out: ${error.message}`,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  return result;
}

/** Forms in which a secret goes over the wire and may come back in an answer. */
export function derivedSecrets({ auth }: { auth?: ProbeAuth }): string[] {
  if (auth?.kind !== 'basic') return [];
  return [Buffer.from(`${auth.username}:${auth.password}`).toString('base64')];
}

async function toTarget(name: string, plain: PlainTarget, directory: string): Promise<Target> {
  if (plain.database !== undefined) {
    const url = plainDatabaseUrl(plain.database);
    assertUrl(url, DATABASE_SCHEMES, DATABASE_URL_EXPECTED, `targets.${name}.database`);
    const isFile = databaseFamily(url) === 'sqlite';
    const absolute = (paths: readonly string[]): string[] => paths.map((path) => resolve(directory, path));
    return {
      kind: 'database',
      name,
      url: isFile ? absoluteSqliteUrl(url, directory) : url,
      ...(plain.logs === undefined ? {} : { logs: absolute(plain.logs) }),
      ...(plain.spans === undefined ? {} : { spans: absolute(plain.spans) }),
    };
  }
  const baseUrl = plain.baseUrl ?? '';
  assertUrl(baseUrl, /^https?:/, 'an http:// or https:// URL', `targets.${name}.baseUrl`);
  const target: HttpTarget = {
    kind: 'http',
    name,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    headers: plain.headers ?? {},
  };
  if (plain.openapi !== undefined) target.openapi = plain.openapi;
  if (plain.auth !== undefined) target.auth = plain.auth;
  if (plain.tls !== undefined) target.tls = await readTls(plain.tls, directory);
  return target;
}

/** What came by reference is checked when its value is known. */
export function assertUrl(text: string, protocol: RegExp, expected: string, setting: string): void {
  if (URL.canParse(text) && protocol.test(text)) return;
  throw new RearguardError('E_TARGET_INVALID', { setting, expected });
}
