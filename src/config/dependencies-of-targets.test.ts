import { describe, expect, it } from 'vitest';
import { resolveDependencies } from './resolve-dependencies.ts';

const NONE = { dependencies: {}, directory: '/srv' };

describe('databases among the targets', () => {
  it('are dependencies by the scheme of their URL, and a file is none', async () => {
    const urls = {
      main: 'postgres://h/db',
      legacy: 'mysql://h/db',
      other: 'mariadb://h/db',
      local: 'sqlite:///a.db',
    };
    const targets = Object.entries(urls).map(([name, url]) => ({ kind: 'database' as const, name, url }));
    const { dependencies } = await resolveDependencies(NONE, targets, {});
    expect(dependencies.map(({ name, scheme }) => [name, scheme])).toEqual([
      ['main', 'postgres'],
      ['legacy', 'mysql'],
      ['other', 'mariadb'],
    ]);
  });
});
