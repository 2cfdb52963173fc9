import type { Memory } from './memory.ts';
import { bulk } from './resp.ts';

const OK = '+OK\r\n';
const notEnough = (name: string): string => `-ERR wrong number of arguments for '${name}' command\r\n`;

/** Answers one command as Redis would, in RESP. */
export function answer(words: readonly string[], memory: Memory): string {
  const [name = '', key, value, ...options] = words;
  switch (name.toUpperCase()) {
    case 'PING':
      return key === undefined ? '+PONG\r\n' : bulk(key);
    case 'GET':
      return key === undefined ? notEnough('get') : bulk(memory.get(key));
    case 'SET':
      return key === undefined || value === undefined ? notEnough('set') : set(memory, key, value, options);
    case 'DEL':
      return `:${words.slice(1).filter((each) => memory.delete(each)).length}\r\n`;
    case 'INFO':
      return bulk(info(memory, key?.toLowerCase()));
    case 'QUIT':
      return OK;
    case 'AUTH':
      return '-ERR Client sent AUTH, but no password is set\r\n';
    default:
      return `-ERR unknown command '${name.replaceAll(/\W/g, '?').slice(0, 40)}'\r\n`;
  }
}

function set(memory: Memory, key: string, value: string, options: readonly string[]): string {
  if (options.length === 0) {
    memory.set(key, value);
    return OK;
  }
  const [unit = '', life = ''] = options;
  if (unit.toUpperCase() !== 'EX' || options.length > 2) return '-ERR syntax error\r\n';
  const seconds = /^\d{1,9}$/.test(life) ? Number(life) : 0;
  if (seconds === 0) return "-ERR invalid expire time in 'set' command\r\n";
  memory.set(key, value, seconds * 1_000);
  return OK;
}

function info(memory: Memory, section: string | undefined): string {
  const sections: Readonly<Record<string, readonly string[]>> = {
    // Like other servers that speak RESP, it names the version whose commands it follows.
    server: ['# Server', 'redis_version:7.4.0', 'server_name:shop-cache', `process_id:${process.pid}`],
    replication: ['# Replication', 'role:master', 'connected_slaves:0'],
    memory: ['# Memory', `used_memory:${memory.usedBytes}`, 'maxmemory_policy:allkeys-lru'],
    keyspace: ['# Keyspace', `db0:keys=${memory.keys}`],
  };
  const wanted = section === undefined ? Object.values(sections) : [sections[section] ?? []];
  return wanted.map((lines) => lines.map((line) => `${line}\r\n`).join('')).join('\r\n');
}
