import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { z } from 'zod';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import { type Address, readAddress } from '../../../runtime/daemon/address-file.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

const ANSWER_WITHIN_MS = 5_000;

const healthSchema = z.object({ status: z.enum(['ok', 'failing']), troubles: z.array(z.string()) });

/** `rearguard serve --healthcheck`: asks the daemon of this store how it is; exit 0 only if all is well. */
export function checkHealth(invocation: Invocation): Promise<CommandResult> {
  return withRuntime(invocation, {}, async ({ config }) => {
    const frame = openLocalFrame('serve');
    const address = await readAddress(config.store.path);
    if (address === undefined) throw unreachable('it does not run with this store');
    const health = healthSchema.parse(JSON.parse(await ask(address)));
    const isWell = health.status === 'ok';
    const result = localResult(frame, {
      status: isWell ? 'pass' : 'fail',
      summary: isWell ? 'The daemon is well.' : `The daemon fails: ${health.troubles.join('; ')}`,
      data: health,
    });
    return { ...result, exitCode: isWell ? 0 : 1 };
  });
}

/** Its answer, whatever the status. The certificate is not judged: the address and the token come from our own file. */
function ask({ url, token }: Address): Promise<string> {
  const target = new URL('/healthz', url);
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(unreachable(reasonOf(error)));
    const sent =
      target.protocol === 'https:'
        ? secureRequest(target, { headers, rejectUnauthorized: false })
        : request(target, { headers });
    sent.setTimeout(ANSWER_WITHIN_MS, () => sent.destroy(new Error('no answer within 5 s')));
    sent.on('error', fail);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', fail);
      response.on('end', () =>
        response.statusCode === 200 || response.statusCode === 503
          ? resolve(text)
          : fail(new Error(`it answered ${response.statusCode}`)),
      );
    });
    sent.end();
  });
}

function unreachable(reason: string): RearguardError {
  return new RearguardError('E_UNREACHABLE', {
    what: 'the daemon',
    reason,
    hint: 'Start it with `rearguard serve`.',
  });
}
