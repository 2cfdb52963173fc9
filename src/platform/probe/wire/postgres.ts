import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { authenticate } from './postgres-auth.ts';
import {
  failureOf,
  message,
  parameterOf,
  readBody,
  readMessage,
  SSL_REQUEST,
  startupMessage,
  TERMINATE,
} from './postgres-messages.ts';
import { protocolError, type WireTools } from './protocol.ts';

/** Longer than any start has; a server that never becomes ready is none. */
const MAX_MESSAGES = 200;

/**
 * PostgreSQL and what speaks its protocol (manual, "Message Flow"): a start, the authentication, and `select 1`. Without
 * credentials, a server that asks for some has shown that it starts sessions.
 */
export async function postgres(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  const isEncrypted = await encrypt(wire, plan, tools);
  const user = plan.username ?? 'postgres';
  const database = plan.database === undefined ? {} : { database: plan.database };
  wire.send(startupMessage({ user, ...database, application_name: 'rearguard' }));
  const mayShowPassword = isEncrypted || plan.encryption === 'none' || tools.isLocal;
  try {
    const isIn = await authenticate(wire, {
      user,
      password: plan.password,
      mayShowPassword,
      random: () => tools.random(),
    });
    if (!isIn) return { authenticated: false };
    const parameters = await untilReady(wire);
    wire.send(message('Q', 'select 1\0'));
    await untilReady(wire);
    wire.send(TERMINATE);
    return factsOf(parameters);
  } catch (error) {
    const isRefused = error instanceof ProbeFailure && error.probeCause === 'auth-failed';
    if (isRefused && plan.username === undefined && plan.password === undefined)
      return { authenticated: false };
    throw error;
  }
}

/**
 * Whether the connection is encrypted now. "N" is an answer too, where TLS is not required (libpq's `sslmode=prefer`); the
 * password is then proved and not shown.
 */
async function encrypt(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<boolean> {
  if (plan.encryption !== 'starttls') return plan.encryption === 'implicit';
  wire.send(SSL_REQUEST);
  const answer = await wire.read(1);
  switch (answer.toString('latin1')) {
    case 'S':
      await tools.startTls();
      return true;
    case 'N':
      if (plan.tls?.required === false) return false;
      throw new ProbeFailure('tls-failed', 'the server offers no TLS');
    case 'E':
      throw failureOf(await readBody(wire));
    default:
      throw protocolError('PostgreSQL', Buffer.concat([answer, wire.unread()]));
  }
}

/** Reads up to ReadyForQuery; returns what ParameterStatus told on the way. */
async function untilReady(wire: Conversation): Promise<ReadonlyMap<string, string>> {
  const parameters = new Map<string, string>();
  for (let count = 0; count < MAX_MESSAGES; count += 1) {
    const { type, body } = await readMessage(wire);
    if (type === 'E') throw failureOf(body);
    if (type === 'S') parameters.set(...parameterOf(body));
    if (type === 'Z') return parameters;
  }
  throw new ProbeFailure('protocol-error', 'the server does not become ready for a query');
}

/** PostgreSQL reports both switches since version 14; null where it does not. */
function factsOf(parameters: ReadonlyMap<string, string>): ProbeFacts {
  const isOn = (name: string): boolean | null => {
    const value = parameters.get(name);
    return value === undefined ? null : value === 'on';
  };
  return {
    version: parameters.get('server_version') ?? null,
    authenticated: true,
    standby: isOn('in_hot_standby'),
    readOnly: isOn('default_transaction_read_only'),
  };
}
