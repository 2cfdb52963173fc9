import type { Dependency } from '../config/dependencies.ts';
import { resolveDependencies, type ResolvedDependencies } from '../config/resolve-dependencies.ts';
import { resolveTargets, type ResolvedTargets } from '../config/resolve-targets.ts';
import type { Environment } from '../config/resolve-secrets.ts';
import type { Target } from '../config/targets.ts';
import type { ResolvedConfig } from '../config/types.ts';
import type { Clock } from '../platform/clock.ts';
import { createComputeThreads } from '../platform/compute/threads.ts';
import type { ComputeThreads } from '../platform/compute/types.ts';
import { type Files, systemFiles } from '../platform/files.ts';
import { createHttpClient, type HttpClient } from '../platform/http-client.ts';
import type { LogSources } from '../platform/log-source/types.ts';
import type { LoadGenerator } from '../platform/load/types.ts';
import { createNetGuard, type NetGuard } from '../platform/net-guard.ts';
import { installCommand } from '../platform/postgres/installations.ts';
import { type Machine, systemMachine } from '../platform/machine.ts';
import { processUsageOf } from '../platform/process-usage/process-usage.ts';
import type { ProcessUsage } from '../platform/process-usage/types.ts';
import { type Processes, systemProcesses } from '../platform/processes.ts';
import type { TrafficRecorder } from '../platform/recording/types.ts';
import type { Sandboxes } from '../platform/postgres/sandbox-types.ts';
import { databaseFamily } from '../platform/sql/database-url.ts';
import type { SqlConnector } from '../platform/sql/types.ts';
import type { SqliteCopies } from '../platform/sqlite/copies.ts';
import type { ProbeService } from '../tools/context.ts';
import { lazyLoadGenerator } from './load-generator.ts';
import { createProbeService } from './probing/service.ts';

/** Everything outside that commands reach through their context; made once for a runtime. */
export interface World {
  resolved: ResolvedTargets;
  dependencies: ResolvedDependencies;
  probes: ProbeService;
  load: LoadGenerator;
  http: HttpClient;
  recorder: TrafficRecorder;
  sql: SqlConnector;
  sandboxes: Sandboxes;
  sqliteCopies: SqliteCopies;
  files: Files;
  logs: LogSources;
  /** Null where all must stay on this thread. */
  threads: ComputeThreads | null;
  processes: Processes;
  processUsage: ProcessUsage;
  machine: Machine;
  close(): Promise<void>;
}

/** Traffic may go to loopback, to the hosts of the targets and to `allowHosts`; to nothing else. */
export async function openWorld(
  config: ResolvedConfig,
  env: Environment,
  options: { clock: Clock; workerThreads: boolean },
): Promise<World> {
  const resolved = await resolveTargets(config, env);
  const dependencies = await resolveDependencies(config, resolved.targets, env);
  const allowHosts = [
    ...config.allowHosts,
    ...resolved.targets.flatMap(hostsOf),
    ...dependencies.dependencies.flatMap(hostsOfDependency),
  ];
  const probes = createProbeService({ allowHosts, ...options });
  const guard = createNetGuard({ allowHosts });
  return {
    resolved,
    dependencies,
    probes,
    load: lazyLoadGenerator(guard, options),
    http: createHttpClient(guard),
    recorder: lazyRecorder(guard, options.clock),
    sql: lazySqlConnector,
    sandboxes: lazySandboxes(config.directory),
    sqliteCopies: lazySqliteCopies,
    files: systemFiles,
    logs: lazyLogSources,
    threads: options.workerThreads ? createComputeThreads() : null,
    processes: systemProcesses,
    processUsage: processUsageOf(process.platform),
    machine: systemMachine,
    close: () => probes.close(),
  };
}

function lazyRecorder(guard: NetGuard, clock: Clock): TrafficRecorder {
  return {
    async start(options) {
      const { createTrafficRecorder } = await import('../platform/recording/recorder.ts');
      return createTrafficRecorder(guard, clock).start(options);
    },
  };
}

/** Few runs read logs. */
const lazyLogSources: LogSources = {
  files: async (options) =>
    (await import('../platform/log-source/sources.ts')).createLogSources().files(options),
  async *read(options) {
    const { createLogSources } = await import('../platform/log-source/sources.ts');
    yield* createLogSources().read(options);
  },
};

/** A driver loads with its first session: most runs need none. */
const lazySqlConnector: SqlConnector = {
  async open(url, options) {
    switch (databaseFamily(url)) {
      case 'mysql': {
        const { createMysqlConnector } = await import('../platform/sql/mysql.ts');
        return createMysqlConnector().open(url, options);
      }
      case 'sqlite': {
        const { createSqliteConnector } = await import('../platform/sqlite/session.ts');
        return createSqliteConnector().open(url, options);
      }
      default: {
        const { createSqlConnector } = await import('../platform/sql/postgres.ts');
        return createSqlConnector().open(url, options);
      }
    }
  },
};

const lazySqliteCopies: SqliteCopies = {
  empty: async (options) => (await import('../platform/sqlite/copies.ts')).sqliteCopies.empty(options),
  copy: async (url, options) =>
    (await import('../platform/sqlite/copies.ts')).sqliteCopies.copy(url, options),
};

/** Most runs need no server of their own. */
function lazySandboxes(directory: string): Sandboxes {
  const load = async (): Promise<Sandboxes> =>
    (await import('../platform/postgres/sandbox.ts')).createSandboxes(directory);
  return {
    installCommand,
    majors: async () => (await load()).majors(),
    start: async (options) => (await load()).start(options),
  };
}

function hostsOfDependency({ url, statusPage, rdap, auth }: Dependency): string[] {
  const urls = [
    url,
    statusPage,
    rdap,
    auth?.kind === 'oauth2-client-credentials' ? auth.tokenUrl : undefined,
  ];
  return urls.filter((one) => one !== undefined).map((one) => new URL(one).hostname);
}

function hostsOf(target: Target): string[] {
  if (target.kind === 'database') return [];
  const urls = [target.baseUrl];
  if (target.auth?.kind === 'oauth2-client-credentials') urls.push(target.auth.tokenUrl);
  return urls.map((url) => new URL(url).hostname);
}
