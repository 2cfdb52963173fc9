import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PACKAGE_FILES, readPackages } from './read.ts';

/** `name version direct development`, with `?` for what the file does not say. */
function rows(fileName: string, text: string): string[] | null {
  const word = (value: boolean | string | null): string => (value === null ? '?' : String(value));
  return (
    readPackages(fileName, text)?.map(({ name, version, direct, development }) =>
      [name, word(version), word(direct), word(development)].join(' '),
    ) ?? null
  );
}

describe('npm', () => {
  it('reads what a manifest asks for; a range is no version', () => {
    const text = JSON.stringify({ dependencies: { pg: '^8.0.0' }, devDependencies: { vitest: '4.1.0' } });
    expect(rows('package.json', text)).toEqual(['pg ? true false', 'vitest 4.1.0 true true']);
  });

  it('reads a lockfile by paths, aliases by their own name, and leaves links out', () => {
    const packages = {
      '': { dependencies: { ioredis: '^5', 'old-pg': 'npm:pg@7' } },
      'node_modules/ioredis': { version: '5.4.1' },
      'node_modules/old-pg': { name: 'pg', version: '7.18.2' },
      'node_modules/ioredis/node_modules/debug': { version: '4.3.4' },
      'node_modules/@scope/tool': { version: '1.0.0', dev: true },
      'node_modules/mine': { link: true },
      'packages/mine': { version: '0.0.0' },
    };
    expect(rows('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages }))).toEqual([
      'ioredis 5.4.1 true false',
      'pg 7.18.2 true false',
      'debug 4.3.4 false false',
      '@scope/tool 1.0.0 false true',
    ]);
  });

  it('reads a lockfile of version 1', () => {
    const dependencies = { pg: { version: '8.0.0', dependencies: { 'pg-types': { version: '2.2.0' } } } };
    expect(rows('package-lock.json', JSON.stringify({ dependencies }))).toEqual([
      'pg 8.0.0 ? false',
      'pg-types 2.2.0 ? false',
    ]);
  });

  it('reads pnpm of formats 6 and 9', () => {
    const six = [
      'dependencies:',
      '  ioredis:',
      '    specifier: ^5',
      '    version: 5.4.1',
      'packages:',
      '  /ioredis@5.4.1:',
      '    dev: false',
      '  /@scope/a@1.0.0(peer@2.0.0):',
      '    dev: true',
    ].join('\n');
    expect(rows('pnpm-lock.yaml', six)).toEqual(['ioredis 5.4.1 true false', '@scope/a 1.0.0 false true']);
    const nine = [
      'importers:',
      '  .:',
      '    devDependencies:',
      '      pg:',
      '        specifier: ^8',
      '        version: 8.1.0(pg-native@3.0.0)',
      'packages:',
      '  pg@8.1.0: {}',
      '  ms@2.1.3: {}',
    ].join('\n');
    expect(rows('pnpm-lock.yaml', nine)).toEqual(['pg 8.1.0 true true', 'ms 2.1.3 false ?']);
  });

  it('reads yarn of both formats', () => {
    const classic =
      '# yarn lockfile v1\n\n"@scope/a@^1.0.0", "@scope/a@^1.1.0":\n  version "1.1.2"\n\nioredis@^5:\n  version "5.4.1"\n  dependencies:\n    debug "^4"\n';
    expect(rows('yarn.lock', classic)).toEqual(['@scope/a 1.1.2 ? ?', 'ioredis 5.4.1 ? ?']);
    const berry =
      '__metadata:\n  version: 8\n\n"redis@npm:^4.0.0":\n  version: 4.7.0\n\n"old@npm:pg@7":\n  version: 7.18.2\n\n"me@workspace:.":\n  version: 0.0.0-use.local\n';
    expect(rows('yarn.lock', berry)).toEqual(['redis 4.7.0 ? ?', 'pg 7.18.2 ? ?']);
  });
});

describe('Python', () => {
  it('reads requirements, and nothing of options and links', () => {
    const text =
      '# comment\n-r other.txt\nRedis[hiredis]==5.0.1 ; python_version > "3"\npsycopg2_binary>=2\nhttps://h/x.whl\n';
    expect(rows('requirements.txt', text)).toEqual([
      'redis 5.0.1 true false',
      'psycopg2-binary ? true false',
    ]);
  });

  it('reads pyproject of the standard and of Poetry', () => {
    const text = [
      '[project]',
      'name = "shop"',
      'dependencies = [',
      '  "redis[hiredis]>=5",',
      '  "asyncpg==0.29.0",',
      ']',
      '[tool.poetry.dependencies]',
      'python = "^3.11"',
      'pymongo = { version = "^4" }',
      '[tool.poetry.group.dev.dependencies]',
      'pytest = "8.0.0"',
    ].join('\n');
    expect(rows('pyproject.toml', text)).toEqual([
      'redis ? true false',
      'asyncpg 0.29.0 true false',
      'pymongo ? true false',
      'pytest 8.0.0 true true',
    ]);
  });

  it('reads poetry.lock, uv.lock without the project itself, and Pipfile.lock', () => {
    const poetry = '[[package]]\nname = "redis"\nversion = "5.0.1"\n\n[package.dependencies]\nname = "x"\n';
    expect(rows('poetry.lock', poetry)).toEqual(['redis 5.0.1 ? ?']);
    const uv =
      '[[package]]\nname = "shop"\nversion = "0.1.0"\nsource = { virtual = "." }\n\n[[package]]\nname = "pika"\nversion = "1.3.2"\n';
    expect(rows('uv.lock', uv)).toEqual(['pika 1.3.2 ? ?']);
    const pipfile = JSON.stringify({ default: { pika: { version: '==1.3.2' } }, develop: { mypy: {} } });
    expect(rows('Pipfile.lock', pipfile)).toEqual(['pika 1.3.2 ? false', 'mypy ? ? true']);
  });
});

describe('other languages', () => {
  it('reads go.mod', () => {
    const text =
      'module example.test/shop\n\ngo 1.22\n\nrequire github.com/lib/pq v1.10.9\n\nrequire (\n\tgithub.com/redis/go-redis/v9 v9.5.1\n\tgolang.org/x/sys v0.1.0 // indirect\n)\n';
    expect(rows('go.mod', text)).toEqual([
      'github.com/lib/pq v1.10.9 true ?',
      'github.com/redis/go-redis/v9 v9.5.1 true ?',
      'golang.org/x/sys v0.1.0 false ?',
    ]);
  });

  it('reads Gemfile.lock', () => {
    const text =
      'GEM\n  specs:\n    pg (1.5.4)\n    sidekiq (7.2.0)\n      redis-client (>= 0.19)\n    redis-client (0.20.0)\n\nDEPENDENCIES\n  pg (~> 1.5)\n  sidekiq\n\nBUNDLED WITH\n   2.5.3\n';
    expect(rows('Gemfile.lock', text)).toEqual([
      'pg 1.5.4 true ?',
      'sidekiq 7.2.0 true ?',
      'redis-client 0.20.0 false ?',
    ]);
  });

  it('reads composer.lock and Cargo.lock', () => {
    const composer = { packages: [{ name: 'predis/predis', version: 'v2.2.2' }], 'packages-dev': [{}] };
    expect(rows('composer.lock', JSON.stringify(composer))).toEqual(['predis/predis v2.2.2 ? false']);
    const cargo =
      '[[package]]\nname = "shop"\nversion = "0.1.0"\n\n[[package]]\nname = "redis"\nversion = "0.25.0"\nsource = "registry+x"\n';
    expect(rows('Cargo.lock', cargo)).toEqual(['redis 0.25.0 ? ?']);
  });
});

describe('anything', () => {
  it('is null for files that are none or broken', () => {
    expect(readPackages('constructor', '')).toBeNull();
    expect(readPackages('package-lock.json', '{"packages":')).toBeNull();
    expect(readPackages('package.json', '[1, null]')).toEqual([]);
  });

  it('takes no longer than its length asks for', () => {
    // Each of these took minutes with a pattern that could match in two ways.
    const hostile = [`[${' '.repeat(500_000)}x`, `require ${'a.'.repeat(250_000)}`, '"a@npm:'.repeat(70_000)];
    for (const name of PACKAGE_FILES.filter((file) => file !== 'pnpm-lock.yaml')) {
      for (const text of hostile) expect(readPackages(name, text) ?? []).toEqual([]);
    }
  });

  it('never throws, whatever stands in a file', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PACKAGE_FILES), fc.oneof(fc.string(), fc.json()), (name, text) => {
        const packages = readPackages(name, text);
        return packages === null || packages.every((one) => one.name !== '');
      }),
    );
  });
});
