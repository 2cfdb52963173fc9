import { expect, it } from 'vitest';
import { answer } from './commands.ts';
import { createMemory } from './memory.ts';

it('answers as Redis would', () => {
  let nowMs = 0;
  const memory = createMemory(10_000, () => nowMs);
  const ask = (...words: string[]): string => answer(words, memory);
  expect(ask('ping')).toBe('+PONG\r\n');
  expect(ask('GET', 'a')).toBe('$-1\r\n');
  expect(ask('SET', 'a', 'one', 'EX', '2')).toBe('+OK\r\n');
  expect(ask('GET', 'a')).toBe('$3\r\none\r\n');
  nowMs = 2_000;
  expect(ask('GET', 'a')).toBe('$-1\r\n');
  expect(ask('SET', 'b', 'two')).toBe('+OK\r\n');
  expect(ask('DEL', 'a', 'b', 'c')).toBe(':1\r\n');
  expect(ask('INFO', 'server')).toContain('redis_version:');
  expect(ask('INFO', 'server')).not.toContain('role:');
  expect(ask('INFO')).toContain('role:master');
  expect(ask('INFO', 'nothing')).toBe('$0\r\n\r\n');
});

it.each([
  [['GET'], 'wrong number'],
  [['SET', 'a'], 'wrong number'],
  [['SET', 'a', 'b', 'EX', '0'], 'invalid expire'],
  [['SET', 'a', 'b', 'PX', '1'], 'syntax error'],
  [['AUTH', 'secret'], 'no password is set'],
  [['FLUSHALL\r\n+OK'], "unknown command 'FLUSHALL???OK'"],
])('refuses %j', (words, reason) => {
  const reply = answer(
    words,
    createMemory(1_000, () => 0),
  );
  expect(reply).toMatch(/^-ERR [^\r\n]*\r\n$/);
  expect(reply).toContain(reason);
});
