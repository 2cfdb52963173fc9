import { loadConfig } from '../../../config/load.ts';
import type { ResolvedConfig } from '../../../config/types.ts';
import { toRearguardError } from '../../../core/errors.ts';
import type { ToolDefinition } from '../../../tools/define.ts';
import { createCatalog } from '../../catalog.ts';
import { parseCommandLine } from '../../command-line/parse.ts';
import { isBroken, loadToolModule } from '../load.ts';
import { type Backend, startBackend } from '../testing/backend.ts';
import { withTool } from '../testing/run-tool.ts';
import { checkDefinition } from './definition.ts';
import { checksOfCommand, checkStdout } from './runs.ts';
import type { CheckResult, ContractMessage, ContractRequest } from './types.ts';

type Tell = (message: ContractMessage) => void;

/**
 * Whether a tool keeps what every tool must keep. It runs with the settings of the config, but with a backend on loopback in place of every
 * HTTP target, and with a store of its own: the team's backend gets no traffic and its store learns nothing.
 */
export async function checkTool(
  request: ContractRequest,
  env: Readonly<Record<string, string | undefined>>,
  tell: Tell,
): Promise<void> {
  tell({ kind: 'begin', name: 'definition' });
  const config = await loadConfig({ cwd: '.', path: request.configPath, env, required: true });
  const own = await loadToolModule(request.module, request.folder, config.directory);
  for (const one of own) {
    const known = isBroken(one) ? one.error : await takenBy(config, one.tool);
    const detail = known?.message ?? '';
    tell({ kind: 'result', name: 'definition', result: known === null ? 'pass' : 'fail', detail });
    if (!isBroken(one) && known === null) await checkSound(one.tool, config, env, tell);
  }
  tell({ kind: 'done' });
}

async function takenBy(config: ResolvedConfig, tool: ToolDefinition): Promise<Error | null> {
  const { broken } = await createCatalog(aloneWith(config, tool));
  return broken[0]?.error ?? null;
}

/** The built-in tools and this one. */
function aloneWith(config: ResolvedConfig, tool: ToolDefinition): ResolvedConfig {
  return { ...config, plugins: [tool], tools: {}, workspace: { ...config.workspace, ownTools: false } };
}

async function checkSound(
  tool: ToolDefinition,
  config: ResolvedConfig,
  env: Readonly<Record<string, string | undefined>>,
  tell: Tell,
): Promise<void> {
  const catalog = await createCatalog(aloneWith(config, tool));
  for (const result of await checkDefinition(tool, catalog)) tell({ kind: 'result', ...result });
  const backend = await startBackend();
  try {
    await withTool(tool, settingOf(tool, config, env, backend), async (runs) => {
      for (const [command, definition] of Object.entries(tool.commands)) {
        const lines = definition.examples.map(({ line }) => parseCommandLine(line, catalog));
        const examples = (await Promise.allSettled(lines)).flatMap((one) =>
          one.status === 'fulfilled' ? [one.value.input] : [],
        );
        const input = [{}, ...examples].find((candidate) => definition.input.safeParse(candidate).success);
        if (definition.effect === 'write' || input === undefined) {
          const detail = input === undefined ? 'no example says what it needs' : 'it changes something';
          tell({ kind: 'result', name: `${command}: runs`, result: 'skip', detail });
          continue;
        }
        for (const { name, check } of checksOfCommand({ tool, command, input, runs, backend })) {
          tell({ kind: 'begin', name });
          const results = await check().catch((thrown: unknown): CheckResult[] => [
            { name, result: 'fail', detail: toRearguardError(thrown).message },
          ]);
          for (const result of results) tell({ kind: 'result', ...result });
        }
      }
    });
  } finally {
    await backend.close();
  }
  tell({ kind: 'result', ...checkStdout() });
}

function settingOf(
  tool: ToolDefinition,
  { tools, targets }: ResolvedConfig,
  env: Readonly<Record<string, string | undefined>>,
  backend: Backend,
): Parameters<typeof withTool>[1] {
  const names = Object.entries(targets).flatMap(([name, target]) => ('baseUrl' in target ? [name] : []));
  const variables = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    targets: Object.fromEntries(
      (names.length === 0 ? ['backend'] : names).map((name) => [name, backend.url]),
    ),
    options: (tools[tool.name] ?? {}) as Record<string, unknown>,
    env: Object.fromEntries(variables),
  };
}
