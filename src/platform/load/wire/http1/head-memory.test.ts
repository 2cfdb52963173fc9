import { expect, test } from 'vitest';
import { createHead } from './head.ts';
import { recallHead, rememberHead } from './head-memory.ts';

function written(text: string): Buffer {
  const bytes = Buffer.alloc(1_024);
  bytes.write(text, 'latin1');
  return bytes;
}

test('a head is known again by all of its bytes, whatever follows it', () => {
  const head = 'HTTP/1.1 200 OK\r\nA: bc\r\n\r\n';
  const bytes = written(`${head}body`);
  rememberHead(bytes, 900, head.length, { ...createHead(), status: 200 });
  expect(recallHead(written(`${head}other`), 900)).toMatchObject({ end: head.length, head: { status: 200 } });
  expect(recallHead(bytes, 901)).toBeNull();
  for (let at = 0; at < head.length; at += 1) {
    const other = Buffer.from(bytes);
    other[at] = 0x7f;
    expect(recallHead(other, 900)).toBeNull();
  }
  // The buffer is read into again and again: what is remembered is a copy.
  bytes.fill(0x7f);
  expect(recallHead(bytes, 900)).toBeNull();
});

test('heads that never come again are soon only kept from time to time', () => {
  const heads = Array.from({ length: 70 }, (_value, number) => {
    return written(`HTTP/1.1 200 OK\r\nX-Request-Id: ${number + 1_000}\r\n\r\n`);
  });
  const isKept = (number: number): boolean => recallHead(heads[number] ?? written(''), 77) !== null;
  for (const bytes of heads.slice(0, 20)) rememberHead(bytes, 77, bytes.indexOf(0), createHead());
  expect([isKept(19), isKept(3)]).toEqual([false, true]);
  // What is recognized counts as one that comes again.
  for (const bytes of heads.slice(20)) rememberHead(bytes, 77, bytes.indexOf(0), createHead());
  expect([isKept(24), isKept(23)]).toEqual([false, true]);
});
