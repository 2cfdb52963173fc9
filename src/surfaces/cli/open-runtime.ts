import path from 'node:path';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../runtime/runtime.ts';
import type { Invocation } from './spec.ts';
import { createMessages, type Messages } from './stderr.ts';

type Call = Pick<Invocation, 'globals' | 'presentation' | 'io'>;

/** Gives the command a runtime for as long as it needs one; progress and log go to stderr. */
export async function withRuntime<T>(
  call: Call,
  needs: Pick<RuntimeOptions, 'requireConfig' | 'rememberWithoutConfig'>,
  body: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const messages = createMessages(call.io.stderr, call.presentation);
  const runtime = await createRuntime({ ...runtimeOptions(call, messages), ...needs }).finally(() =>
    messages.clear(),
  );
  try {
    return await body(runtime);
  } finally {
    messages.clear();
    await runtime.close();
  }
}

/** What the global options say about the runtime. Paths of flags are meant from where the command was called. */
export function runtimeOptions({ globals, io }: Call, messages: Messages): RuntimeOptions {
  const fromHere = (file: string): string => path.resolve(io.cwd, file);
  return {
    cwd: fromHere(globals.cwd ?? '.'),
    env: io.env,
    configPath: globals.config === undefined ? undefined : fromHere(globals.config),
    flags: {
      ...(globals.failOn === undefined ? {} : { failOn: globals.failOn }),
      ...(globals.storePath === undefined ? {} : { 'store.path': fromHere(globals.storePath) }),
    },
    log: messages.log,
    progress: messages.progress,
  };
}
