import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { resolveSecrets } from '../../config/resolve-secrets.ts';
import { dependencyGraph, type DependencyGraph } from '../../core/dependency-graph.ts';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { createRedactor, type Redactor } from '../../core/redact.ts';
import { type ResolvedNotifiers, resolveNotifiers } from '../alerts/resolve-notifiers.ts';
import { prepareRun } from '../prepare.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../runtime.ts';

/** Where the daemon listens and whom it lets in; everything resolved. */
export interface ServeAccess {
  host: string;
  port: number;
  tls: { cert: string; key: string } | undefined;
  allowedHosts: readonly string[];
  /** undefined: a new one with each start. */
  token: string | undefined;
}

/** One configuration, wholly read and checked; nothing of it runs yet. */
export interface LoadedGeneration {
  runtime: Runtime;
  monitors: readonly { tool: string; command: string }[];
  notifiers: ResolvedNotifiers;
  graph: DependencyGraph;
  access: ServeAccess;
  redactor: Redactor;
  /** What could not be loaded or resolved and is left out. */
  leftOut: readonly RearguardError[];
}

/** Whoever may try often must not come to it by trying. */
const MIN_TOKEN_LENGTH = 16;

const NEVER = new AbortController().signal;

/** Throws whatever is wrong with the config, its secrets, its tools' sections or its certificate. */
export async function loadGeneration(options: RuntimeOptions): Promise<LoadedGeneration> {
  const runtime = await createRuntime(options);
  try {
    const monitors = await chooseMonitors(runtime);
    for (const { tool, command } of monitors) {
      await prepareRun(runtime, { tool, command, input: {}, signal: NEVER });
    }
    const { resolved, dependencies } = await runtime.world();
    const { config, env } = runtime;
    const notifiers = await resolveNotifiers(config.alerts, { env, directory: config.directory });
    const { access, secrets } = await readAccess(runtime);
    return {
      runtime,
      monitors,
      notifiers,
      graph: dependencyGraph(dependencies.dependencies),
      access,
      redactor: createRedactor([
        ...resolved.secrets,
        ...dependencies.secrets,
        ...notifiers.secrets,
        ...secrets,
        ...(await secretsOfTools(runtime)),
      ]),
      leftOut: [
        ...runtime.catalog.broken.map(({ error }) => error),
        ...[resolved, dependencies, notifiers].flatMap(({ unresolved }) =>
          unresolved.map(({ error }) => error),
        ),
      ],
    };
  } catch (thrown) {
    await runtime.close();
    throw thrown;
  }
}

/** The tools that can watch; those the config names, where it does. */
async function chooseMonitors({ catalog, config }: Runtime): Promise<LoadedGeneration['monitors']> {
  const { monitors: names } = config.serve;
  const wanted = names === undefined ? catalog.tools : new Set(names.map((name) => catalog.find(name)));
  const chosen: { tool: string; command: string }[] = [];
  for (const entry of wanted) {
    const { monitor } = await entry.load();
    if (monitor !== undefined) chosen.push({ tool: entry.name, command: monitor });
    else if (names !== undefined) {
      throw invalid(config.path, `serve.monitors: ${entry.name} has nothing that watches all the time`);
    }
  }
  return chosen;
}

/** What the sections of the tools refer to; a tool that cannot be used says so itself. */
async function secretsOfTools({ config, env }: Runtime): Promise<string[]> {
  const { directory } = config;
  const sections = Object.entries(config.tools).map(([name, section]) =>
    resolveSecrets(section, { env, directory, at: ['tools', name] }).catch(() => ({ secrets: [] })),
  );
  return (await Promise.all(sections)).flatMap(({ secrets }) => secrets);
}

async function readAccess({
  config,
  env,
}: Runtime): Promise<{ access: ServeAccess; secrets: readonly string[] }> {
  const { host, port, tls, allowedHosts, token } = config.serve;
  const { value, secrets } = await resolveSecrets(
    { token },
    { env, directory: config.directory, at: ['serve'] },
  );
  const resolved = (value as { token?: string }).token;
  if (resolved !== undefined && resolved.length < MIN_TOKEN_LENGTH) {
    throw invalid(config.path, `serve.token: expected at least ${MIN_TOKEN_LENGTH} characters`);
  }
  return {
    secrets: [...secrets, ...(resolved === undefined ? [] : [resolved])],
    access: {
      host,
      port,
      allowedHosts,
      token: resolved,
      tls:
        tls === undefined
          ? undefined
          : await readCertificate(config.path, {
              cert: resolve(config.directory, tls.certFile),
              key: resolve(config.directory, tls.keyFile),
            }),
    },
  };
}

/** Proven to fit together before anything listens with it. */
async function readCertificate(
  configPath: string | undefined,
  files: { cert: string; key: string },
): Promise<{ cert: string; key: string }> {
  try {
    const pair = { cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') };
    createSecureContext(pair);
    return pair;
  } catch (thrown) {
    throw invalid(configPath, `serve.tls: ${reasonOf(thrown)}`);
  }
}

function invalid(path: string | undefined, problems: string): RearguardError {
  return new RearguardError('E_CONFIG_INVALID', { path: path ?? '', problems });
}
