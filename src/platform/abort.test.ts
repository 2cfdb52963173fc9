import { expect, it } from 'vitest';
import { linkSignals } from './abort.ts';

it('aborts with the reason of the first source that does', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const linked = linkSignals([first.signal, second.signal]);
  second.abort('enough');
  first.abort('too late');
  expect(linked.signal.reason).toBe('enough');
});

it('is aborted at once when a source already is', () => {
  expect(linkSignals([AbortSignal.abort('before')]).signal.aborted).toBe(true);
});

it('aborts after its limit', async () => {
  const { signal } = linkSignals([], 5);
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  expect((signal.reason as DOMException).name).toBe('TimeoutError');
});

it('follows nobody after it was disposed of', () => {
  const source = new AbortController();
  const linked = linkSignals([source.signal]);
  linked.dispose();
  source.abort();
  expect(linked.signal.aborted).toBe(false);
});
