import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, createServer, type Server } from 'node:net';
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { DnsServer } from '../dns/query.ts';

/** What a question gets: records, a response code, silence, or an answer cut short that must be fetched over TCP. */
export type DnsReply =
  | { records: readonly Answer[] }
  | { rcode: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' }
  | { truncated: readonly Answer[] }
  /** Answers with another id first: a forger who guesses. */
  | { forgedFirst: Answer; records: readonly Answer[] }
  | 'silence';

export interface LocalDnsServer {
  server: DnsServer;
  /** `A example.test`, in the order asked. */
  questions: readonly string[];
  close(): Promise<void>;
}

const RCODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;

/** A name server on loopback, UDP and TCP on the same port. */
export async function serveDns(reply: (name: string, type: string) => DnsReply): Promise<LocalDnsServer> {
  const questions: string[] = [];
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data: Buffer) => {
      const answered = respond(data.subarray(2), reply, 'tcp')[0];
      if (answered !== undefined) socket.end(streamEncode(answered));
    });
  });
  const [udp, port] = await bindPair(tcp);
  udp.on('message', (message, from) => {
    const asked = decode(message).questions?.[0];
    questions.push(`${asked?.type} ${asked?.name}`);
    for (const packet of respond(message, reply, 'udp')) udp.send(encode(packet), from.port, from.address);
  });
  return {
    server: { address: '127.0.0.1', port },
    questions,
    close: async () => {
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

/** The port must be free for both; another process may hold one of them. */
async function bindPair(tcp: Server): Promise<[udp: Socket, port: number]> {
  for (;;) {
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket('udp4');
    const bound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => resolve(false));
      udp.bind(port, '127.0.0.1', () => resolve(true));
    });
    if (bound) return [udp, port];
    udp.close();
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
  }
}

type OutgoingPacket = Parameters<typeof encode>[0];

function respond(
  message: Buffer,
  reply: (name: string, type: string) => DnsReply,
  transport: 'udp' | 'tcp',
): OutgoingPacket[] {
  const query = decode(message);
  const question = query.questions?.[0];
  const chosen = reply(question?.name ?? '', question?.type ?? '');
  if (chosen === 'silence') return [];
  const base = { type: 'response' as const, id: query.id ?? 0, questions: query.questions ?? [] };
  if ('rcode' in chosen) return [{ ...base, flags: AUTHORITATIVE_ANSWER | RCODES[chosen.rcode] }];
  if ('truncated' in chosen) {
    return transport === 'udp'
      ? [{ ...base, flags: TRUNCATED_RESPONSE }]
      : [{ ...base, flags: AUTHORITATIVE_ANSWER, answers: [...chosen.truncated] }];
  }
  const honest = { ...base, flags: AUTHORITATIVE_ANSWER, answers: [...chosen.records] };
  return 'forgedFirst' in chosen
    ? [{ ...honest, id: (base.id + 1) & 0xffff, answers: [chosen.forgedFirst] }, honest]
    : [honest];
}
