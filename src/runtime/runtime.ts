import { loadConfig } from '../config/load.ts';
import type { Environment } from '../config/resolve-secrets.ts';
import type { ResolvedConfig } from '../config/types.ts';
import { createRedactor, type Redactor } from '../core/redact.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Log, Progress } from '../tools/context.ts';
import type { ToolDefinition } from '../tools/define.ts';
import { type Catalog, createCatalog } from './catalog.ts';
import { createForgetfulStore } from './forgetful-store.ts';
import type { RunResult } from './envelope.ts';
import { withKnowledge } from './knowledge/recall.ts';
import type { RunRequest, ShownView } from './prepare.ts';
import { runCommand } from './runner.ts';
import { openWorld, type World } from './world.ts';
import { keepContextTrue } from './workspace/keep-true.ts';

export interface RuntimeOptions {
  cwd: string;
  env: Environment;
  /** A config to read instead of looking for one. */
  configPath?: string | undefined;
  /** By setting: `{ failOn: 'critical', 'store.path': 'x.db' }`. */
  flags?: Readonly<Record<string, string>> | undefined;
  clock?: Clock;
  /** Uniform in [0, 1). */
  random?: () => number;
  /** Default: silent. */
  log?: Log;
  progress?: Progress;
  /** Whether having no config is an error; default true. */
  requireConfig?: boolean;
  /** Whether a store is made where there is no config; default true. */
  rememberWithoutConfig?: boolean;
  /** false: tools of the user's own run in this process also beside others; default true. */
  isolateOwnTools?: boolean;
  /** Identity of the first run, where somebody was promised it. */
  runId?: string;
  /** false: probe on this thread, which measures less exactly; default true. */
  workerThreads?: boolean;
  /** Tools beside those of the config and the workspace. */
  tools?: readonly ToolDefinition[];
}

/** One configuration, its tools, its store and its way to the world; every surface works through one. */
export interface Runtime {
  readonly config: ResolvedConfig;
  readonly catalog: Catalog;
  readonly env: Environment;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly progress: Progress;
  /** Whether tools of the user's own run in processes of their own where others run beside them. */
  readonly isolatesOwnTools: boolean;
  /** The id that was promised for the first run, once. */
  takeRunId(): string | undefined;
  /** The store, opened with the first call; throws E_STORE_*. */
  openStore(): Store;
  /** Targets with their secrets, probes and clients, made with the first call. */
  world(): Promise<World>;
  /** Takes the secrets of the targets out of text and values. */
  redactor(): Promise<Redactor>;
  /** Runs one command of one tool; a failure comes back in the same envelope. */
  run(request: RunRequest): Promise<RunResult>;
  /** Says that what the workspace tells of the backend may have changed: it is refreshed at the end, in between at most once a minute. */
  markChanged(): void;
  close(): Promise<void>;
}

const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Throws what loadConfig() and createCatalog() throw. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const {
    cwd,
    env,
    configPath,
    flags,
    requireConfig = true,
    rememberWithoutConfig = true,
    clock = systemClock,
    workerThreads = true,
  } = options;
  const config = await loadConfig({ cwd, path: configPath, env, flags, required: requireConfig });
  const catalog = await createCatalog(
    options.tools === undefined ? config : { ...config, plugins: [...config.plugins, ...options.tools] },
    options.progress,
  );
  let store: Store | undefined;
  let world: Promise<World> | undefined;
  let promisedId = options.runId;
  const runtime: Runtime = {
    config,
    catalog,
    env,
    clock,
    random: options.random ?? Math.random,
    log: options.log ?? SILENT,
    progress: options.progress ?? (() => undefined),
    // Without a store there is no place where two processes could meet.
    isolatesOwnTools:
      (options.isolateOwnTools ?? true) && (config.path !== undefined || rememberWithoutConfig),
    takeRunId() {
      const id = promisedId;
      promisedId = undefined;
      return id;
    },
    openStore: () =>
      (store ??=
        config.path === undefined && !rememberWithoutConfig
          ? createForgetfulStore()
          : openStore({ ...config.store, clock })),
    world: () => (world ??= openWorld(config, env, { clock, workerThreads })),
    redactor: async () => {
      const { resolved, dependencies } = await runtime.world();
      return createRedactor([...resolved.secrets, ...dependencies.secrets]);
    },
    async run(request) {
      const { onView } = request;
      const told = onView && {
        onView: (view: ShownView) => {
          keeper.mark();
          onView(view);
        },
      };
      const result = await withKnowledge(config, await runCommand(runtime, { ...request, ...told }));
      keeper.mark();
      return result;
    },
    markChanged: () => keeper.mark(),
    async close() {
      await keeper.close();
      store?.close();
      store = undefined;
      const opened = world;
      world = undefined;
      if (opened) await (await opened).close();
    },
  };
  const keeper = keepContextTrue(runtime);
  return runtime;
}

export type { RunRequest, RunResult };
