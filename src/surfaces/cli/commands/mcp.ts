import { RearguardError } from '../../../core/errors.ts';
import { systemClock } from '../../../platform/clock.ts';
import { BUILTIN_TOOLS } from '../../../tools/registry.ts';
import { createRuntimes } from '../../mcp/runtimes.ts';
import type { ServerParts } from '../../mcp/server.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { runtimeOptions } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';
import { packageVersion } from '../version.ts';

/** `rearguard mcp`: serves until its client or a signal ends it. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, io, presentation } = invocation;
  const frame = openLocalFrame('mcp');
  const overHttp = values['http'] === true;
  if (presentation.format !== 'text' && !overHttp) {
    throw new RearguardError('E_USAGE', {
      message: 'stdout belongs to the protocol: mcp has no output format.',
      hint: 'Leave --json and --output away, or use --http.',
    });
  }
  // A person looks at nothing here: progress would only be in the way of what an agent keeps of stderr.
  const messages = createMessages(io.stderr, { ...presentation, progress: false });
  const runtimes = createRuntimes(runtimeOptions(invocation, messages));
  try {
    const parts: ServerParts = {
      version: packageVersion(),
      runtimes,
      builtIn: BUILTIN_TOOLS,
      allowWrite: values['allowWrite'] === true,
      clock: systemClock,
    };
    const onError = (error: Error): void => messages.log.warn(`mcp: ${error.message}`);
    if (overHttp) await serveHttp(invocation, parts, onError);
    else {
      const { serveOverStdio } = await import('../../mcp/stdio.ts');
      await serveOverStdio(parts, io, { signal: invocation.signal, onError });
    }
    // Nothing more on stdout: whoever read it may still be there.
    return { ...localResult(frame, { summary: 'The server has ended.', data: null }), text: '' };
  } finally {
    await runtimes.close();
  }
}

async function serveHttp(
  { values, io, signal }: Invocation,
  parts: ServerParts,
  onError: (error: Error) => void,
): Promise<void> {
  const { serveOverHttp } = await import('../../mcp/http.ts');
  const token = io.env['REARGUARD_MCP_TOKEN'];
  const server = await serveOverHttp(parts, {
    port: (values['port'] as number | undefined) ?? 0,
    token: token === '' ? undefined : token,
    onError,
  });
  try {
    const shown = token === undefined || token === '' ? server.token : 'that of REARGUARD_MCP_TOKEN';
    io.stderr.write(`MCP at ${server.url}\ntoken: ${shown}\n`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await server.close();
  }
}
