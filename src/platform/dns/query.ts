import { createSocket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { connect, isIPv6 } from 'node:net';
import { type Answer, decode, type DecodedPacket, encode, RECURSION_DESIRED, streamEncode } from 'dns-packet';
import type { Clock } from '../clock.ts';
import { abortable, DeadlineExceeded, startDeadline } from '../probe/deadline.ts';
import type { StopSignal } from '../probe/stop-signal.ts';

/** Record types a backend's names are made of. */
export type DnsRecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT' | 'CAA';

/** A name server; the port is 53 unless a spec such as `127.0.0.1:5353` or `[::1]:5353` says otherwise. */
export interface DnsServer {
  address: string;
  port: number;
}

export interface DnsRecord {
  name: string;
  type: string;
  ttlSeconds: number;
  /** As text: an address, a name, or the record's fields as JSON. */
  value: string;
}

/**
 * answer: records of the asked type; empty: the name exists without them; not-found: NXDOMAIN; server-failure: SERVFAIL,
 * REFUSED and other refusals; timeout: no answer; unreachable: the server's machine or port said no; malformed: not DNS.
 */
export type DnsOutcome =
  | 'answer'
  | 'empty'
  | 'not-found'
  | 'server-failure'
  | 'timeout'
  | 'unreachable'
  | 'malformed';

export interface DnsResponse {
  outcome: DnsOutcome;
  /** As the server said it: `NOERROR`, `NXDOMAIN`, `SERVFAIL` …; null when it said nothing. */
  rcode: string | null;
  /** The whole answer section, aliases included. */
  records: readonly DnsRecord[];
  server: DnsServer;
  transport: 'udp' | 'tcp';
  durationMs: number;
}

export interface DnsQuestion {
  name: string;
  type: DnsRecordType;
}

/** One question to one server, over UDP, and over TCP when the answer was cut. Rejects only when `signal` aborts. */
export async function queryServer(
  question: DnsQuestion,
  server: DnsServer,
  options: { clock: Clock; timeoutMs: number; signal: StopSignal },
): Promise<DnsResponse> {
  const { clock, signal } = options;
  const startMs = clock.monotonicMs();
  const deadline = startDeadline(clock, startMs + options.timeoutMs, signal);
  let transport: DnsResponse['transport'] = 'udp';
  const respond = (outcome: DnsOutcome, packet?: ReceivedPacket): DnsResponse => ({
    outcome,
    rcode: packet?.rcode ?? null,
    records: (packet?.answers ?? []).flatMap(toRecord),
    server,
    transport,
    durationMs: clock.monotonicMs() - startMs,
  });
  try {
    let packet = await askOverUdp(question, server, deadline.signal);
    if (packet.flag_tc) {
      transport = 'tcp';
      packet = await askOverTcp(question, server, deadline.signal);
    }
    return respond(outcomeOf(packet, question), packet);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof DeadlineExceeded) return respond('timeout');
    return respond(error instanceof MalformedAnswer ? 'malformed' : 'unreachable');
  } finally {
    deadline.stop();
  }
}

/** dns-packet decodes the response code as text but does not declare it. */
type ReceivedPacket = DecodedPacket & { rcode: string };

class MalformedAnswer extends Error {}

/** A fresh socket per query, so that the source port is as hard to guess as the id (RFC 5452). */
function askOverUdp(question: DnsQuestion, server: DnsServer, signal: StopSignal): Promise<ReceivedPacket> {
  const id = randomInt(0x1_0000);
  return abortable(signal, (resolve, reject) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    const finish = (settle: () => void): void => {
      socket.close();
      settle();
    };
    socket.once('error', (error) => finish(() => reject(error)));
    socket.on('message', (message) => {
      // Whatever does not answer our question may be forged: keep waiting for what does.
      const packet = decodePacket(message);
      if (packet !== null && answers(packet, id, question)) finish(() => resolve(packet));
    });
    // A connected socket takes datagrams from this server only, and hears when its port is closed.
    socket.connect(server.port, server.address, () => {
      socket.send(encode({ ...queryPacket(question), id }));
    });
    return () => socket.close();
  });
}

function askOverTcp(question: DnsQuestion, server: DnsServer, signal: StopSignal): Promise<ReceivedPacket> {
  const id = randomInt(0x1_0000);
  return abortable(signal, (resolve, reject) => {
    const socket = connect({ host: server.address, port: server.port });
    let received = Buffer.alloc(0);
    const finish = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    socket.once('connect', () => socket.write(streamEncode({ ...queryPacket(question), id })));
    socket.once('error', (error) => finish(() => reject(error)));
    socket.once('end', () => finish(() => reject(new MalformedAnswer('the answer ended early'))));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const packet = decodePacket(received.subarray(2, 2 + received.readUInt16BE(0)));
      if (packet !== null && answers(packet, id, question)) finish(() => resolve(packet));
      else finish(() => reject(new MalformedAnswer('the answer is not to our question')));
    });
    return () => socket.destroy();
  });
}

function queryPacket(question: DnsQuestion): Parameters<typeof encode>[0] {
  return { type: 'query', flags: RECURSION_DESIRED, questions: [{ ...question, class: 'IN' }] };
}

function decodePacket(message: Buffer): ReceivedPacket | null {
  try {
    return decode(message) as ReceivedPacket;
  } catch {
    return null;
  }
}

function answers(packet: ReceivedPacket, id: number, question: DnsQuestion): boolean {
  const asked = packet.questions?.[0];
  return (
    packet.flag_qr &&
    packet.id === id &&
    asked !== undefined &&
    asked.type === question.type &&
    sameName(asked.name, question.name)
  );
}

export function sameName(left: string, right: string): boolean {
  const canonical = (name: string): string => name.toLowerCase().replace(/\.$/, '');
  return canonical(left) === canonical(right);
}

function outcomeOf(packet: ReceivedPacket, question: DnsQuestion): DnsOutcome {
  if (packet.rcode === 'NXDOMAIN') return 'not-found';
  if (packet.rcode !== 'NOERROR') return 'server-failure';
  return packet.answers?.some((answer) => answer.type === question.type) === true ? 'answer' : 'empty';
}

function toRecord(answer: Answer): DnsRecord[] {
  if (answer.type === 'OPT') return [];
  return [
    {
      name: answer.name,
      type: answer.type,
      ttlSeconds: answer.ttl ?? 0,
      value: recordText(answer.data),
    },
  ];
}

function recordText(data: unknown): string {
  if (typeof data === 'string') return data;
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  if (Array.isArray(data)) return data.map(recordText).join('');
  return JSON.stringify(data);
}
