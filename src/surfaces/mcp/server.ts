import { type CallToolResult, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { createRedactor } from '../../core/redact.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ToolEntry } from '../../tools/registry.ts';
import { type AnyMcpTool, progressOf } from './call.ts';
import { advertised, parseArguments } from './schema.ts';
import { envelopeSchema, failure } from './envelope.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';
import type { Runtimes } from './runtimes.ts';
import { builtInTool } from './tools/built-in.ts';
import { findingsTool } from './tools/findings.ts';
import { knowledgeTool } from './tools/knowledge.ts';
import { overviewTool } from './tools/overview.ts';
import { runStatusTool } from './tools/run-status.ts';
import { runTool } from './tools/run.ts';
import { workspaceUpdateTool } from './tools/workspace-update.ts';

export interface ServerParts {
  version: string;
  runtimes: Runtimes;
  builtIn: readonly ToolEntry[];
  allowWrite: boolean;
  clock: Pick<Clock, 'monotonicMs'>;
}

/** Lists change with a new version only: a client may keep them for a day. */
const KEEP_LIST = { ttlMs: 3_600_000, cacheScope: 'private' } as const;

/** The tools in the order in which they are listed; that order is part of what a client caches. */
export function mcpTools({ builtIn, allowWrite }: Pick<ServerParts, 'builtIn' | 'allowWrite'>): AnyMcpTool[] {
  return [
    overviewTool,
    findingsTool,
    runTool,
    runStatusTool,
    knowledgeTool,
    ...builtIn.map(builtInTool),
    ...(allowWrite ? [workspaceUpdateTool] : []),
  ];
}

/** One server for one connection, or for one request over HTTP; the same for clients of both protocol eras. */
export function createServer(parts: ServerParts): McpServer {
  const server = new McpServer(
    { name: 'rearguard', title: 'Rearguard', version: parts.version },
    {
      instructions: INSTRUCTIONS,
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false },
        prompts: { listChanged: false },
      },
      cacheHints: {
        'tools/list': KEEP_LIST,
        'prompts/list': KEEP_LIST,
        'resources/templates/list': KEEP_LIST,
      },
    },
  );
  const outputSchema = advertised(envelopeSchema);
  for (const tool of mcpTools(parts)) {
    const { name, title, description, input, annotations } = tool;
    server.registerTool(
      name,
      {
        ...(title === undefined ? {} : { title }),
        description,
        inputSchema: advertised(input),
        outputSchema,
        annotations,
      },
      (args, context) => callTool(tool, args, context, parts),
    );
  }
  addResources(server, parts.runtimes);
  addPrompts(server);
  return server;
}

/** Whatever goes wrong comes back as a result, because errors of the protocol never reach a model. */
async function callTool(
  tool: AnyMcpTool,
  args: unknown,
  context: ServerContext,
  { runtimes, allowWrite, clock }: ServerParts,
): Promise<CallToolResult> {
  const progress = progressOf(context, () => clock.monotonicMs());
  const { signal } = context.mcpReq;
  try {
    const checked = parseArguments(tool.name, tool.input, args);
    return await runtimes.use(async (runtime) => {
      try {
        return await tool.run(checked, {
          runtime,
          allowWrite,
          signal,
          progress: (what) => progress.tell(what),
        });
      } catch (thrown) {
        const redactor = await runtime.redactor().catch(() => createRedactor([]));
        return failure(thrown, (text) => redactor.text(text));
      }
    });
  } catch (thrown) {
    return failure(thrown);
  } finally {
    progress.stop();
  }
}
