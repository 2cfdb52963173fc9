import { ProbeFailure } from '../failure.ts';
import type { WirePlan } from '../plans.ts';
import type { ProbeFacts } from '../types.ts';
import type { Conversation } from './conversation.ts';
import { responseOf } from './mysql-auth.ts';
import {
  CAPABILITY,
  failureOf,
  type Greeting,
  greetingOf,
  HEADER,
  packet,
  readPacket,
} from './mysql-packets.ts';
import { protocolError, type WireTools } from './protocol.ts';

const COM_PING = '\x0e';
const COM_QUIT = '\x01';
/** utf8mb4_general_ci, known to every version. */
const CHARACTER_SET = 45;
const MAX_PACKET_BYTES = 65_536;
/** Rounds of an authentication; no plugin that we speak needs more than four. */
const MAX_ROUNDS = 8;

/**
 * MySQL and MariaDB (MySQL internals, "Connection Phase"): greeting, login, COM_PING. The login is finished also without
 * credentials, as nobody: a server that counts `max_connect_errors` takes a client that leaves after the greeting for a
 * broken one, and in the end blocks its host (manual, "Host 'host_name' is blocked"). To be refused does not count.
 */
export async function mysql(wire: Conversation, plan: WirePlan, tools: WireTools): Promise<ProbeFacts> {
  const { payload, sequence } = await readPacket(wire);
  if (payload[0] === HEADER.error) throw failureOf(payload);
  const greeting = greetingOf(payload);
  const isUpgraded = await upgrade(wire, plan, tools, { greeting, sequence: sequence + 1 });
  const opening = { greeting, sequence: sequence + (isUpgraded ? 2 : 1) };
  const authenticated = await login(wire, plan, opening, isUpgraded);
  if (authenticated === true) {
    wire.send(packet(0, COM_PING));
    const pong = await readPacket(wire);
    if (pong.payload[0] === HEADER.error) throw failureOf(pong.payload);
    if (pong.payload[0] !== HEADER.ok) throw protocolError('OK to COM_PING', pong.payload);
    wire.send(packet(0, COM_QUIT));
  }
  return { version: greeting.version, flavour: greeting.isMariadb ? 'MariaDB' : 'MySQL', authenticated };
}

interface Opening {
  greeting: Greeting;
  /** Of the next packet that we send. */
  sequence: number;
}

/** Whether TLS was put on the connection. SSLRequest is the beginning of the login, and all of it comes again over TLS. */
async function upgrade(
  wire: Conversation,
  plan: WirePlan,
  tools: WireTools,
  { greeting, sequence }: Opening,
): Promise<boolean> {
  if (plan.encryption !== 'starttls') return false;
  if (!greeting.canEncrypt) {
    if (plan.tls?.required === false) return false;
    throw new ProbeFailure('tls-failed', 'the server offers no TLS');
  }
  wire.send(packet(sequence, loginHead(plan, true)));
  await tools.startTls();
  return true;
}

/** True or false as the server decides, a refusal of credentials thrown; null when we cannot answer what it asks. */
async function login(
  wire: Conversation,
  plan: WirePlan,
  opening: Opening,
  isUpgraded: boolean,
): Promise<boolean | null> {
  const { greeting, sequence } = opening;
  const password = plan.password ?? '';
  // A plugin that we do not speak is answered in the oldest one; the server then says what it wants.
  const plugin = responseOf(greeting.plugin, '', greeting.nonce) ? greeting.plugin : 'mysql_native_password';
  const proof = responseOf(plugin, password, greeting.nonce) ?? Buffer.alloc(0);
  wire.send(packet(sequence, loginHead(plan, isUpgraded), loginBody(plan, plugin, proof)));
  try {
    return await finishLogin(wire, password, isUpgraded || plan.encryption === 'implicit');
  } catch (error) {
    const isRefused = error instanceof ProbeFailure && error.probeCause === 'auth-failed';
    if (isRefused && plan.username === undefined && plan.password === undefined) return false;
    throw error;
  }
}

/** The part of Protocol::HandshakeResponse41 that is an SSLRequest by itself. */
function loginHead(plan: WirePlan, asksForTls: boolean): Buffer {
  const head = Buffer.alloc(32);
  head.writeUInt32LE(
    CAPABILITY.longPassword |
      CAPABILITY.protocol41 |
      CAPABILITY.secureConnection |
      CAPABILITY.pluginAuthentication |
      (plan.database === undefined ? 0 : CAPABILITY.connectWithDatabase) |
      (asksForTls ? CAPABILITY.encryption : 0),
  );
  head.writeUInt32LE(MAX_PACKET_BYTES, 4);
  head.writeUInt8(CHARACTER_SET, 8);
  return head;
}

function loginBody(plan: WirePlan, plugin: string, proof: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${plan.username ?? 'rearguard'}\0`),
    Buffer.from([proof.length]),
    proof,
    Buffer.from(plan.database === undefined ? '' : `${plan.database}\0`),
    Buffer.from(`${plugin}\0`),
  ]);
}

/** "Perform full authentication" and "fast authentication succeeded" of caching_sha2_password. */
const SHA2_FAST_OK = 3;
const SHA2_FULL = 4;

async function finishLogin(
  wire: Conversation,
  password: string,
  isEncrypted: boolean,
): Promise<boolean | null> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { payload, sequence } = await readPacket(wire);
    switch (payload[0]) {
      case HEADER.ok:
        return true;
      case HEADER.error:
        throw failureOf(payload);
      case HEADER.switchAuthentication: {
        const proof = switched(payload, password);
        if (proof === null) return null;
        wire.send(packet(sequence + 1, proof));
        break;
      }
      case HEADER.moreAuthentication:
        if (payload[1] === SHA2_FAST_OK) break;
        // The other way, with the server's RSA key, would trust a key that nobody vouches for.
        if (payload[1] !== SHA2_FULL || !isEncrypted) return null;
        wire.send(packet(sequence + 1, `${password}\0`));
        break;
      default:
        throw protocolError('a step of the MySQL login', payload);
    }
  }
  throw new ProbeFailure('protocol-error', 'the server does not come to an end with the login');
}

/** Protocol::AuthSwitchRequest: another plugin, another nonce. */
function switched(payload: Buffer, password: string): Buffer | null {
  const end = payload.indexOf(0, 1);
  if (end === -1) return null;
  const plugin = payload.subarray(1, end).toString('latin1');
  return responseOf(plugin, password, payload.subarray(end + 1).subarray(0, 20));
}
