import { markDeploy } from '../../../runtime/deploy.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard deploy mark`. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const result = await withRuntime(invocation, {}, (runtime) =>
    markDeploy(runtime, {
      release: values['release'] as string | undefined,
      target: values['target'] as string | undefined,
    }),
  );
  return { ...result, plain: true };
}
