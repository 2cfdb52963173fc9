import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const BINARY = fileURLToPath(new URL('../../../../bin/rearguard.js', import.meta.url));

/** What one call of a tool gave: the text that a model reads, and the same for programs. */
export interface Answer {
  text: string;
  structured: Record<string, unknown>;
  isError: boolean;
}

/** An agent that reaches the program over MCP and nothing else. */
export interface McpAgent {
  /** `onProgress` asks the server to say how far it is. */
  call(tool: string, input?: Record<string, unknown>, onProgress?: () => void): Promise<Answer>;
  /** The same, and then until the run that it began is over. */
  finish(tool: string, input: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts `rearguard mcp` in a folder, as an agent's own program would. */
export async function startAgent(folder: string, flags: readonly string[] = []): Promise<McpAgent> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BINARY, 'mcp', ...flags],
    cwd: folder,
    stderr: 'ignore',
  });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport);

  async function call(
    tool: string,
    input: Record<string, unknown> = {},
    onProgress?: () => void,
  ): Promise<Answer> {
    const options = onProgress === undefined ? {} : { onprogress: onProgress };
    const result = await client.callTool({ name: tool, arguments: input }, options);
    const text = result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    return {
      text,
      structured: (result.structuredContent ?? {}) as Record<string, unknown>,
      isError: result.isError === true,
    };
  }

  return {
    call,
    async finish(tool, input) {
      let answer = await call(tool, input);
      while (['queued', 'running'].includes(String(answer.structured['state']))) {
        answer = await call('run_status', { runId: answer.structured['runId'] });
      }
      return answer;
    },
    close: () => client.close(),
  };
}
