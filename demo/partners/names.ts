import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, type Packet } from 'dns-packet';
import { PAYMENTS_NAME } from './settings.ts';

const ADDRESS = '127.0.0.1';
const TTL_SECONDS = 5;
const NAME_ERROR = 3;

/** A name server of the payment provider, on UDP and TCP. */
export interface NameServer {
  /** Resolves to the port. */
  open(): Promise<number>;
  close(): void;
}

/** While `isSilent`, questions are read and not answered. */
export function createNameServer(isSilent: () => boolean): NameServer {
  const open = new Set<Socket>();
  let udp: UdpSocket | undefined;
  const tcp = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    readMessages(socket, (question) => {
      const answer = isSilent() ? undefined : answerTo(question);
      if (answer) socket.write(Buffer.concat([lengthOf(answer), answer]));
    });
  });
  return {
    async open() {
      const socket = await bindBoth(tcp);
      udp = socket;
      socket.on('error', () => undefined);
      socket.on('message', (question, from) => {
        const answer = isSilent() ? undefined : answerTo(question);
        if (answer) socket.send(answer, from.port, from.address);
      });
      return socket.address().port;
    },
    close() {
      udp?.close();
      tcp.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** A port that is free for TCP may be taken for UDP. */
async function bindBoth(tcp: Server): Promise<UdpSocket> {
  for (;;) {
    tcp.listen(0, ADDRESS);
    await once(tcp, 'listening');
    const udp = createSocket('udp4');
    udp.bind((tcp.address() as AddressInfo).port, ADDRESS);
    const bound = await once(udp, 'listening').catch(() => null);
    if (bound) return udp;
    udp.close();
    tcp.close();
    await once(tcp, 'close');
  }
}

/** Undefined for what is no question. */
function answerTo(message: Buffer): Buffer | undefined {
  const query = parse(message);
  const question = query?.questions?.[0];
  if (!query || !question) return undefined;
  const known = question.name.toLowerCase() === PAYMENTS_NAME;
  return encode({
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: AUTHORITATIVE_ANSWER | (known ? 0 : NAME_ERROR),
    questions: [question],
    answers:
      known && question.type === 'A'
        ? [{ type: 'A', name: question.name, ttl: TTL_SECONDS, data: ADDRESS }]
        : [],
  });
}

function parse(message: Buffer): Packet | undefined {
  try {
    const packet = decode(message);
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined;
  }
}

/** Over TCP two octets of length stand before each message (RFC 1035, section 4.2.2). */
function readMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      onMessage(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  });
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}
