import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { serve } from '../control.ts';
import { answer } from './commands.ts';
import { createMemory } from './memory.ts';
import { createParser, type Reply } from './resp.ts';

const MEMORY_BYTES = 8_000_000;
const MAX_COMMAND_BYTES = 1_000_000;

const memory = createMemory(MEMORY_BYTES, () => performance.now());
const clients = new Set<Socket>();

/** The shop's cache, in a process of its own so that it can be frozen alone. */
const server = createServer((socket) => {
  clients.add(socket);
  socket.on('close', () => clients.delete(socket));
  socket.on('error', () => undefined);
  const push = createParser(MAX_COMMAND_BYTES);
  socket.on('data', (chunk) => {
    try {
      for (const command of push(chunk)) {
        const words = wordsOf(command);
        socket.write(answer(words, memory));
        if (words[0]?.toUpperCase() === 'QUIT') socket.end();
      }
    } catch {
      socket.end('-ERR Protocol error\r\n');
    }
  });
});

function wordsOf(command: Reply): string[] {
  if (!Array.isArray(command)) throw new SyntaxError('a command is an array');
  return command.map((word) => {
    if (typeof word !== 'string') throw new SyntaxError('of bulk strings');
    return word;
  });
}

serve<null, number>({
  async start() {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  async stop() {
    server.close();
    for (const socket of clients) socket.destroy();
  },
});
