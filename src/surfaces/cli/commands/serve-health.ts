import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import path from 'node:path';
import { findConfig } from '../../../config/find.ts';
import { scalarSettings } from '../../../config/settings.ts';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import type { Diagnostic } from '../../../core/report.ts';
import { type Address, readAddress } from '../../../runtime/daemon/address-file.ts';
import { healthcheckDataSchema } from '../../../runtime/daemon/serve-data.ts';
import { localResult, openLocalFrame } from '../local-report.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';

const ANSWER_WITHIN_MS = 5_000;

/** `rearguard serve --healthcheck`: asks the daemon of this store how it is; exit 0 only if all is well. */
export async function checkHealth(invocation: Invocation): Promise<CommandResult> {
  const frame = openLocalFrame('serve');
  const { address, diagnostics } = await findDaemon(invocation);
  if (address === undefined) throw unreachable('it does not run with this store');
  const health = healthcheckDataSchema.parse(JSON.parse(await ask(address)));
  const isWell = health.status === 'ok';
  const result = localResult(frame, {
    status: isWell ? 'pass' : 'fail',
    summary: isWell ? 'The daemon is well.' : `The daemon fails: ${health.troubles.join('; ')}`,
    data: health,
    diagnostics,
  });
  return { ...result, exitCode: isWell ? 0 : 1 };
}

interface FoundDaemon {
  /** undefined when none runs. */
  address: Address | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Where the store is stands in the config. A daemon keeps the last config that was right, so while the file is wrong it is
 * looked for where a store is without one; when it is not there either, the error of the config is thrown.
 */
async function findDaemon(invocation: Invocation): Promise<FoundDaemon> {
  try {
    const address = await withRuntime(invocation, {}, ({ config }) => readAddress(config.store.path));
    return { address, diagnostics: [] };
  } catch (thrown) {
    if (!(thrown instanceof RearguardError)) throw thrown;
    const { message, hint } = thrown;
    for (const storePath of await likelyStores(invocation)) {
      const address = await readAddress(storePath);
      if (address === undefined) continue;
      createMessages(invocation.io.stderr, invocation.presentation).log.warn(message);
      const diagnostic = { level: 'warning', message, ...(hint === undefined ? {} : { hint }) } as const;
      return { address, diagnostics: [diagnostic] };
    }
    throw thrown;
  }
}

/** What the command line or the environment says, or the default beside the config and where we are. */
async function likelyStores({ globals, io }: Invocation): Promise<string[]> {
  const cwd = path.resolve(io.cwd, globals.cwd ?? '.');
  if (globals.storePath !== undefined) return [path.resolve(io.cwd, globals.storePath)];
  const setting = scalarSettings().find(({ path: keys }) => keys.join('.') === 'store.path');
  if (setting === undefined) return [];
  const fromEnvironment = io.env[setting.environmentName] ?? '';
  if (fromEnvironment !== '') return [path.resolve(cwd, fromEnvironment)];
  const config = globals.config === undefined ? await findConfig(cwd) : path.resolve(io.cwd, globals.config);
  const folders = new Set([config === undefined ? cwd : path.dirname(config), cwd]);
  return [...folders].map((folder) => path.join(folder, setting.fallback));
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
