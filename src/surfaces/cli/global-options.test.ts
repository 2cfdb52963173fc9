import { describe, expect, it } from 'vitest';
import { scanArguments, timeoutMs } from './global-options.ts';

describe('arguments before they are parsed', () => {
  it.each([
    [['check'], { word: 'check' }],
    [['--config', 'a.yaml', 'check', '--json'], { word: 'check', config: 'a.yaml', output: 'json' }],
    [['--cwd=/tmp', 'health', 'status'], { word: 'health', cwd: '/tmp' }],
    [['check', '--output', 'sarif'], { word: 'check', output: 'sarif' }],
    [['check', '--output', 'srif'], { word: 'check' }],
    [['--quiet', 'check'], { word: 'check' }],
    [['--nobody-knows', 'check'], {}],
    [['--', 'check'], {}],
    [['--config'], {}],
    [[], {}],
  ])('%j', (argv, expected) => {
    expect(scanArguments(argv)).toEqual(expected);
  });
});

describe('the options of every command', () => {
  it('take a timeout with its unit only', () => {
    expect(timeoutMs({ timeout: '1m30s' })).toBe(90_000);
    expect(timeoutMs({})).toBeUndefined();
    for (const timeout of ['30', '0s', 'soon'])
      expect(() => timeoutMs({ timeout })).toThrowError('--timeout');
  });
});
