import { describe, expect, it } from 'vitest';
import { modeOf, presentationOf, wantsColors } from './presentation.ts';

const stream = (isTTY: boolean) => ({ isTTY, columns: 120, rows: 30 }) as NodeJS.WriteStream;
const terminal = (env: Record<string, string> = {}) => ({ env, stdout: stream(true), stderr: stream(true) });

describe('colours', () => {
  it.each([
    ['a terminal', {}, true, true],
    ['no terminal', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR without a terminal', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['TERM=dumb', { TERM: 'dumb' }, true, false],
  ])('%s', (_, env, isTty, expected) => {
    expect(wantsColors({}, env, isTty, 'human')).toBe(expected);
  });

  it('follow the flag before everything else', () => {
    expect(wantsColors({ color: true }, { NO_COLOR: '1' }, false, 'agent')).toBe(true);
    expect(wantsColors({ color: false }, { FORCE_COLOR: '1' }, true, 'human')).toBe(false);
  });

  it('are left out of an agent and of files', () => {
    expect(presentationOf({}, terminal({ AI_AGENT: '1' })).colors).toBe(false);
    expect(presentationOf({ out: 'report.txt' }, terminal()).colors).toBe(false);
    expect(presentationOf({ json: true }, terminal({ FORCE_COLOR: '1' })).colors).toBe(false);
  });
});

describe('who reads', () => {
  it.each([
    [{}, 'human'],
    [{ CI: 'true' }, 'ci'],
    [{ AGENT: 'x', CI: 'true' }, 'agent'],
    [{ AI_AGENT: '0' }, 'human'],
    [{ AI_AGENT: '1', REARGUARD_MODE: 'human' }, 'human'],
    [{ REARGUARD_MODE: 'nonsense' }, 'human'],
  ])('%j is %s', (env, mode) => {
    expect(modeOf(env)).toBe(mode);
  });

  it('gets a screen only as a person at a terminal who wants text', () => {
    expect(presentationOf({}, terminal()).screen).toBe(true);
    expect(presentationOf({ json: true }, terminal()).screen).toBe(false);
    expect(presentationOf({}, terminal({ CI: '1' })).screen).toBe(false);
    expect(presentationOf({}, { ...terminal(), stdout: stream(false) }).screen).toBe(false);
  });
});
