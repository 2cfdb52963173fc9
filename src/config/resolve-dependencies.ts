import { RearguardError, toRearguardError } from '../core/errors.ts';
import type { Diagnostic } from '../core/report.ts';
import type { ProbeAuth } from '../platform/probe/types.ts';
import type { Dependency } from './dependencies.ts';
import { DEPENDENCY_SCHEMES, type DependencyScheme } from '../core/dependency-schemes.ts';
import type { DependencySettings } from './dependency-schema.ts';
import { type PlainTls, readTls } from './read-tls.ts';
import { type Environment, resolveSecrets } from './resolve-secrets.ts';
import { derivedSecrets } from './resolve-targets.ts';
import type { Target } from './targets.ts';
import type { ResolvedConfig } from './types.ts';

export interface ResolvedDependencies {
  dependencies: Dependency[];
  /** Values that must never be shown. */
  secrets: string[];
  /** Why one is missing from `dependencies`. */
  unresolved: { name: string; error: RearguardError }[];
  diagnostics: Diagnostic[];
}

/** What the config has, its references replaced by text. */
type PlainDependency = Omit<
  DependencySettings,
  'url' | 'statusPage' | 'rdap' | 'send' | 'headers' | 'auth' | 'tls'
> & {
  url: string;
  statusPage?: string;
  rdap?: string;
  send?: string;
  headers?: Record<string, string>;
  auth?: ProbeAuth;
  tls?: PlainTls;
};

/**
 * What the config lists, and the databases among the targets, with every secret in its place. One whose secret is
 * not there is left out and said so.
 */
export async function resolveDependencies(
  config: Pick<ResolvedConfig, 'dependencies' | 'directory'>,
  targets: readonly Target[],
  env: Environment,
): Promise<ResolvedDependencies> {
  const result: ResolvedDependencies = { dependencies: [], secrets: [], unresolved: [], diagnostics: [] };
  for (const [name, settings] of Object.entries(config.dependencies)) {
    try {
      const sources = { env, directory: config.directory, at: ['dependencies', name] };
      const { value, secrets } = await resolveSecrets(settings, sources);
      const plain = value as PlainDependency;
      result.secrets.push(...secrets, ...derivedSecrets(plain));
      result.dependencies.push(await toDependency(name, plain, config.directory));
    } catch (thrown) {
      const error = toRearguardError(thrown);
      result.unresolved.push({ name, error });
      result.diagnostics.push({
        level: 'error',
        message: `Dependency ${name} was left out: ${error.message}`,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }
  result.dependencies.push(...databaseTargets(targets, result.dependencies));
  return result;
}

async function toDependency(name: string, plain: PlainDependency, directory: string): Promise<Dependency> {
  const scheme = schemeOf(plain.url);
  if (scheme === undefined) {
    throw new RearguardError('E_TARGET_INVALID', {
      setting: `dependencies.${name}.url`,
      expected: `a URL that begins with ${DEPENDENCY_SCHEMES.map((known) => `${known}://`).join(', ')}`,
    });
  }
  const { interval, timeout, latency, headers, tls, ...rest } = plain;
  return {
    ...rest,
    name,
    scheme,
    headers: headers ?? {},
    origin: 'dependencies',
    ...(interval === undefined ? {} : { intervalMs: interval }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(latency === undefined ? {} : { latencyMs: latency }),
    ...(tls === undefined ? {} : { tls: await readTls(tls, directory) }),
  };
}

function byItself(name: string, url: string, scheme: DependencyScheme): Dependency {
  return { name, url, scheme, neededBy: [], behind: [], optional: false, headers: {}, origin: 'targets' };
}

function schemeOf(url: string): DependencyScheme | undefined {
  return DEPENDENCY_SCHEMES.find((scheme) => url.startsWith(`${scheme}://`) && URL.canParse(url));
}

/**
 * A database that is guarded is needed by whoever else is; one that the config also lists counts once. A file is reached
 * over no network: SQLite is none.
 */
function databaseTargets(targets: readonly Target[], listed: readonly Dependency[]): Dependency[] {
  const known = new Set(listed.map(({ url }) => url));
  return targets
    .filter((target) => target.kind === 'database')
    .filter(({ name, url }) => !known.has(url) && !listed.some((dependency) => dependency.name === name))
    .flatMap(({ name, url }) => {
      const scheme = schemeOf(url);
      return scheme === undefined ? [] : [byItself(name, url, scheme)];
    });
}
