import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory } from './memory.ts';

describe('the memory of the cache', () => {
  it('forgets what has lived its time', () => {
    let nowMs = 0;
    const memory = createMemory(10_000, () => nowMs);
    memory.set('short', 'a', 1_000);
    memory.set('long', 'b');
    nowMs = 999;
    expect(memory.get('short')).toBe('a');
    nowMs = 1_000;
    expect(memory.get('short')).toBeNull();
    expect(memory.get('long')).toBe('b');
    expect(memory.keys).toBe(1);
  });

  it('makes room by what was not used for longest, and holds nothing that is too large', () => {
    const memory = createMemory(400, () => 0);
    for (const key of ['a', 'b', 'c']) memory.set(key, 'x');
    expect(memory.get('a')).toBe('x');
    memory.set('d', 'x');
    expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key))).toEqual(['x', null, 'x', 'x']);
    memory.set('a', 'x'.repeat(500));
    expect(memory.get('a')).toBeNull();
  });

  it('stays within its bytes, and counts back to nothing', () => {
    const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.option(fc.string()) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const memory = createMemory(300, () => 0);
        for (const { key, value } of changes) {
          if (value === null) memory.delete(key);
          else memory.set(key, value);
          expect(memory.usedBytes).toBeLessThanOrEqual(300);
        }
        for (const key of ['a', 'b', 'c', 'd']) memory.delete(key);
        expect([memory.usedBytes, memory.keys]).toEqual([0, 0]);
      }),
    );
  });
});
