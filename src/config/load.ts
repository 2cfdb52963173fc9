import { dirname, resolve } from 'node:path';
import { RearguardError } from '../core/errors.ts';
import { entriesOf } from './entries.ts';
import { findConfig } from './find.ts';
import { describeIssues, formatProblems, type SettingProblem } from './problems.ts';
import { readConfig } from './read.ts';
import type { Environment } from './resolve-secrets.ts';
import { configSchema } from './schema.ts';
import { findLiteralSecrets, isPlainObject } from './secret-places.ts';
import { scalarSettings, type ScalarSetting } from './settings.ts';
import { formatPath, type ConfigSource, type SettingPath } from './source.ts';
import type { ResolvedConfig, SettingEntry } from './types.ts';

export interface LoadConfigOptions {
  cwd: string;
  /** A file to read instead of looking for one. */
  path?: string | undefined;
  env: Environment;
  /** By setting: `{ failOn: 'critical', 'store.path': 'x.db' }`. */
  flags?: Readonly<Record<string, string>> | undefined;
  /** Whether having no file is an error (E_CONFIG_NOT_FOUND). */
  required: boolean;
}

/** A scalar setting that a flag or the environment gives, which beats the file. */
interface Override {
  setting: ScalarSetting;
  value: string;
  origin: { kind: 'flag' | 'environment'; name: string };
}

/**
 * Reads, merges (flag before environment before file before default) and validates the configuration.
 * Throws E_CONFIG_NOT_FOUND, E_CONFIG_UNREADABLE, E_CONFIG_SYNTAX, E_CONFIG_INVALID or E_SECRET_LITERAL;
 * no message ever holds a secret.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<ResolvedConfig> {
  const source = await readSource(options);
  const path = source?.path;
  const raw = source?.value ?? {};
  if (!isPlainObject(raw)) {
    throw new RearguardError('E_CONFIG_INVALID', {
      path: path ?? '',
      problems: 'expected a mapping of settings',
    });
  }
  const positionOf = (at: SettingPath): string => {
    const position = source?.locate(at);
    return position === undefined ? '' : `${position.line}:${position.column} `;
  };
  refuseLiteralSecrets(raw, path ?? '', positionOf);

  const overrides = collectOverrides(options);
  const merged = overrides.reduce(
    (value, { setting, value: text }) => withValue(value, setting.path, text),
    raw,
  );
  const result = configSchema.safeParse(merged);
  if (!result.success) {
    const problems = describeIssues(result.error.issues, configSchema);
    throw invalid(problems, overrides, path, positionOf);
  }
  const settings = result.data;
  const directory = path === undefined ? resolve(options.cwd) : dirname(path);
  const { samples, minutes, hours, runs } = settings.store.retention;
  return {
    path,
    directory,
    store: {
      // What is typed means the folder one is in; what is in the file means the file's.
      path: resolve(isOverridden(overrides, 'store.path') ? options.cwd : directory, settings.store.path),
      retention: { samplesMs: samples, minuteBucketsMs: minutes, hourBucketsMs: hours, runsMs: runs },
    },
    allowHosts: settings.allowHosts,
    targetNames: Object.keys(settings.targets),
    targets: settings.targets,
    tools: settings.tools,
    plugins: settings.plugins,
    workspace: settings.workspace,
    failOn: settings.failOn,
    dependencies: settings.dependencies,
    alerts: settings.alerts,
    maintenance: settings.maintenance,
    serve: settings.serve,
    workflows: settings.workflows,
    check: { budgetMs: settings.check.budget },
    entries: collectEntries(raw, source, overrides),
    positionOf,
  };
}

async function readSource(options: LoadConfigOptions): Promise<ConfigSource | undefined> {
  const cwd = resolve(options.cwd);
  const path = options.path === undefined ? await findConfig(cwd) : resolve(cwd, options.path);
  if (path !== undefined) return readConfig(path);
  if (options.required) throw new RearguardError('E_CONFIG_NOT_FOUND', { directory: cwd });
  return undefined;
}

function refuseLiteralSecrets(raw: unknown, path: string, positionOf: (at: SettingPath) => string): void {
  const places = findLiteralSecrets(raw);
  if (places.length === 0) return;
  throw new RearguardError('E_SECRET_LITERAL', {
    path,
    settings: places.map((at) => `${positionOf(at)}${formatPath(at)}`).join(', '),
    example: /\.[cm]?[jt]s$/.test(path)
      ? "env('NAME') or file('/path')"
      : '{ $env: NAME } or { $file: /path }',
  });
}

function collectOverrides({ env, flags = {} }: LoadConfigOptions): Override[] {
  return scalarSettings().flatMap((setting): Override[] => {
    const flag = flags[setting.path.join('.')];
    if (flag !== undefined)
      return [{ setting, value: flag, origin: { kind: 'flag', name: setting.flagName } }];
    const value = env[setting.environmentName];
    if (value === undefined || value === '') return [];
    return [{ setting, value, origin: { kind: 'environment', name: setting.environmentName } }];
  });
}

function isOverridden(overrides: readonly Override[], path: string): boolean {
  return overrides.some(({ setting }) => setting.path.join('.') === path);
}

/** A problem is blamed on what gave the value: the flag, the variable or the place in the file. */
function invalid(
  problems: readonly SettingProblem[],
  overrides: readonly Override[],
  path: string | undefined,
  positionOf: (at: SettingPath) => string,
): RearguardError {
  const overridden = problems.map((problem) => {
    const found = overrides.find(({ setting }) => setting.path.join('.') === problem.path.join('.'));
    return found === undefined ? undefined : `${found.origin.name}: ${problem.text}`;
  });
  const blamed = overridden.filter((text) => text !== undefined);
  if (blamed.length > 0) {
    return new RearguardError('E_USAGE', {
      message: `${blamed.join('; ')}.`,
      hint: '`rearguard schema config` prints what is allowed.',
    });
  }
  return new RearguardError('E_CONFIG_INVALID', {
    path: path ?? '',
    problems: formatProblems(problems, positionOf),
  });
}

function collectEntries(
  raw: Readonly<Record<string, unknown>>,
  source: ConfigSource | undefined,
  overrides: readonly Override[],
): SettingEntry[] {
  const given = new Map<string, SettingEntry>();
  if (source) for (const entry of entriesOf(source, raw, [])) given.set(entry.path, entry);
  for (const setting of scalarSettings()) {
    const path = setting.path.join('.');
    if (!given.has(path)) given.set(path, { path, value: setting.fallback, origin: { kind: 'default' } });
  }
  for (const { setting, value, origin } of overrides) {
    const path = setting.path.join('.');
    given.set(path, { path, value, origin });
  }
  return [...given.values()];
}

/** A copy of the mapping with one value replaced; what is not on the way is shared. */
function withValue(target: unknown, path: readonly string[], value: string): Record<string, unknown> {
  const [key = '', ...rest] = path;
  const mapping = isPlainObject(target) ? target : {};
  return { ...mapping, [key]: rest.length === 0 ? value : withValue(mapping[key], rest, value) };
}
