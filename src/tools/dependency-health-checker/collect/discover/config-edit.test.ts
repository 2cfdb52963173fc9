import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withDependencies } from './config-edit.ts';
import { codeSnippet, yamlSnippet } from './snippet.ts';

const ADDED = {
  redis: { url: { $env: 'REDIS_URL' } },
  'pay-api': { url: 'https://api.pay.io', expect: { status: ['2xx', '4xx'] } },
};

describe('withDependencies', () => {
  it.each([
    [2, '- a.example # with a comment'],
    [4, '    - a.example # with a comment'],
  ])('adds to YAML indented by %d and keeps every line that was there, in order', (indent, item) => {
    const margin = ' '.repeat(indent);
    const text = [
      '# Who is guarded',
      'targets:',
      `${margin}shop: {baseUrl: "http://localhost:3000"} # the shop`,
      '',
      'dependencies:',
      `${margin}# keep this one`,
      `${margin}cache: {url: 'tcp://localhost:1', neededBy: [POST /api/orders, POST /api/orders/cancel, GET /api/search]}`,
      'allowHosts:',
      item,
      '',
    ];
    const edited = withDependencies('c.yaml', text.join('\n'), ADDED).split('\n');
    expect(edited.filter((line) => text.includes(line))).toEqual(text);
    expect(edited).toContain(`${margin}${margin}url: {$env: REDIS_URL}`);
    const { dependencies } = parse(edited.join('\n')) as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual(['cache', 'redis', 'pay-api']);
  });

  it('makes the section where there is none, or an empty one', () => {
    for (const before of ['targets: {}\n', 'targets: {}\ndependencies: {}\n', '']) {
      const edited = withDependencies('c.yml', before, { redis: ADDED.redis });
      expect(edited).toContain('dependencies:\n  redis:\n    url: { $env: REDIS_URL }\n');
    }
  });

  it.each([
    [
      'with entries',
      '{\n\t"targets": {"a": {"baseUrl": "http://localhost:1"}},\n\t"dependencies": {\n\t\t"cache": {"url": "tcp://localhost:1"}\n\t}\n}\n',
    ],
    ['with an empty section', '{\n  "dependencies": {},\n  "failOn": "low"\n}'],
    ['without a section', '{ "failOn": "low" }'],
    ['empty', '{}'],
  ])('adds to JSON %s, and touches nothing else', (_, text) => {
    const edited = withDependencies('c.json', text, ADDED);
    const before = JSON.parse(text) as { dependencies?: object };
    expect(JSON.parse(edited)).toEqual({ ...before, dependencies: { ...before.dependencies, ...ADDED } });
    let at = 0;
    // What was there is still there, in order.
    for (const character of text) {
      at = edited.indexOf(character, at) + 1;
      expect(at).toBeGreaterThan(0);
    }
  });

  it('refuses what the schema does not take, and what holds a secret', () => {
    expect(() => withDependencies('c.yaml', 'targets: {}', { a: { url: 'gopher://x' } })).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_INVALID' }),
    );
    expect(() => withDependencies('c.yaml', 'targets: {}', { a: { url: 'redis://:hunter2@x' } })).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_INVALID' }),
    );
  });

  it('refuses a file it cannot add to without changing more', () => {
    const merged = 'base: &base { a: { url: "tcp://localhost:1" } }\ndependencies: *base\n';
    expect(() => withDependencies('c.yaml', merged, ADDED)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_INVALID' }),
    );
  });
});

describe('snippets', () => {
  it('are written as the config is', () => {
    expect(yamlSnippet(ADDED)).toBe(
      [
        'dependencies:',
        '  redis:',
        '    url: { $env: REDIS_URL }',
        '  pay-api:',
        '    url: https://api.pay.io',
        '    expect: { status: [ 2xx, 4xx ] }',
      ].join('\n'),
    );
    expect(codeSnippet(ADDED)).toBe(
      [
        'dependencies: {',
        '  redis: {',
        "    url: env('REDIS_URL')",
        '  },',
        "  'pay-api': {",
        "    url: 'https://api.pay.io',",
        '    expect: {',
        '      status: [',
        "        '2xx',",
        "        '4xx'",
        '      ]',
        '    }',
        '  }',
        '}',
      ].join('\n'),
    );
  });
});
