import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageRoot, workerEntry } from './worker-entry.ts';

describe('worker entry', () => {
  it('names what to do when the file was not compiled', () => {
    expect(() => workerEntry(import.meta.url, './never-written')).toThrow(
      expect.objectContaining({ code: 'E_BUILD_MISSING', hint: expect.stringContaining('npm run build') }),
    );
  });

  it('stays beside a caller that is compiled itself', () => {
    const caller = new URL('file:///opt/app/dist/src/runtime/service.js');
    expect(() => workerEntry(caller.href, './worker')).toThrow('/opt/app/dist/src/runtime/worker.js');
  });

  it('finds the package it belongs to', () => {
    expect(existsSync(`${packageRoot(import.meta.url)}/src/platform/worker-entry.ts`)).toBe(true);
  });
});
