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

it('is waited for by any number without a warning', async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', listen);
  const { signal } = linkSignals([]);
  for (let count = 0; count < 40; count += 1) signal.addEventListener('abort', () => undefined);
  // Node warns in the next tick.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
