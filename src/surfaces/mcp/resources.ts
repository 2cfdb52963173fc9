import {
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { RearguardError } from '../../core/errors.ts';
import { systemFiles } from '../../platform/files.ts';
import { liveRunStatus } from '../../runtime/live-runs/live-runs.ts';
import { findFinding } from '../../runtime/lookup.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import type { Runtimes } from './runtimes.ts';

const JSON_TYPE = 'application/json';
const MARKDOWN = 'text/markdown';

type Read = (runtime: Runtime, ...values: string[]) => Promise<string> | string;

/** What is too long for an answer, or is read once: reports, findings, options of commands, and the workspace's own files. */
export function addResources(server: McpServer, runtimes: Runtimes): void {
  const content = async (
    uri: URL,
    mimeType: string,
    read: Read,
    values: string[],
  ): Promise<ReadResourceResult> => {
    const text = await runtimes
      .use(async (runtime) => read(runtime, ...values))
      .catch((thrown: unknown) => {
        if (!(thrown instanceof RearguardError)) throw thrown;
        throw new ResourceNotFoundError(
          uri.href,
          `${thrown.code}: ${thrown.message} ${thrown.hint ?? ''}`.trim(),
        );
      });
    return { contents: [{ uri: uri.href, mimeType, text }] };
  };
  const fixed = (name: string, path: string, description: string, read: Read): void => {
    server.registerResource(name, `rearguard://${path}`, { description, mimeType: MARKDOWN }, (uri) =>
      content(uri, MARKDOWN, read, []),
    );
  };
  const template = (
    name: string,
    path: string,
    description: string,
    read: Read,
    list?: () => string[][],
  ): void => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field ?? '');
    const resources = list?.().map((values) => {
      const uri = values.reduce(
        (text, value, index) => text.replace(`{${names[index]}}`, value),
        `rearguard://${path}`,
      );
      return { uri, name: values.join(' '), mimeType: JSON_TYPE };
    });
    server.registerResource(
      name,
      new ResourceTemplate(`rearguard://${path}`, {
        list: resources === undefined ? undefined : () => ({ resources }),
      }),
      { description, mimeType: JSON_TYPE },
      (uri, variables) =>
        content(
          uri,
          JSON_TYPE,
          read,
          names.map((field) => decodeURIComponent(String(variables[field] ?? ''))),
        ),
    );
  };

  fixed('context', 'context', 'AI-CONTEXT.md: set-up, endpoints, targets against measured', (runtime) =>
    workspaceFile(runtime, 'context'),
  );
  fixed('knowledge', 'knowledge', 'KNOWLEDGE.md: what was learned of incidents and patterns', (runtime) =>
    workspaceFile(runtime, 'knowledge'),
  );
  template(
    'options',
    'tools/{tool}/{command}',
    "JSON Schema of a command's options, with examples",
    commandText,
    () => BUILTIN_TOOLS.flatMap(({ name, commands }) => commands.map((command) => [name, command.name])),
  );
  template('run', 'runs/{runId}', 'The whole report of a run', (runtime, runId = '') => {
    const { run, report } = liveRunStatus(runtime, runId);
    return JSON.stringify(report ?? run);
  });
  template('finding', 'findings/{id}', 'One finding, whole', (runtime, id = '') =>
    JSON.stringify(findFinding(runtime.openStore(), id)),
  );
}

async function workspaceFile({ config }: Runtime, file: 'context' | 'knowledge'): Promise<string> {
  const layout = workspaceLayout(config.directory);
  if (await systemFiles.exists(layout[file])) return systemFiles.readText(layout[file]);
  throw new RearguardError('E_WORKSPACE_MISSING', { folder: layout.folder });
}

async function commandText({ catalog }: Runtime, toolName = '', name = ''): Promise<string> {
  const tool = await catalog.find(toolName).load();
  const command = Object.hasOwn(tool.commands, name) ? tool.commands[name] : undefined;
  if (command === undefined) {
    throw new RearguardError('E_NOT_THERE', { what: `command ${tool.name} ${name}`, more: '' });
  }
  const { summary, effect, examples, input } = command;
  const options = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return JSON.stringify({ tool: tool.name, command: name, summary, effect, options, examples });
}
