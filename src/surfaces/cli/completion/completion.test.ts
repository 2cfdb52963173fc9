import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BUILTIN_COMMANDS, GROUPS } from '../builtin.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { powershellCompletion } from './powershell.ts';
import { completionNodes } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const nodes = completionNodes(
  [{ name: 'api-health-monitor', alias: 'health', summary: "an endpoint's health", commands: [] }],
  BUILTIN_COMMANDS,
  GROUPS,
);

/** What bash offers for the last of these words. */
function bashOffers(words: readonly string[]): string[] {
  const script = `${bashCompletion(nodes)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _rearguard; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

describe('completion', () => {
  it('offers in bash the tools and commands', () => {
    expect(bashOffers(['rearguard', 'heal'])).toEqual(['health']);
    expect(bashOffers(['rearguard', 'findings', 'm'])).toEqual(['mute']);
  });

  it('offers in bash the values of an option', () => {
    expect(bashOffers(['rearguard', 'check', '--fail-on', 'c'])).toEqual(['critical']);
    expect(bashOffers(['rearguard', 'findings', 'list', '--state', 'mu'])).toEqual(['muted']);
    expect(bashOffers(['rearguard', 'completion', 'z'])).toEqual(['zsh']);
  });

  it('sees the command past the options before it', () => {
    expect(bashOffers(['rearguard', '--quiet', 'deploy', 'mark', '--rel'])).toEqual(['--release']);
  });

  it('gives bash a script that bash can read', () => {
    expect(execFileSync('bash', ['-n'], { input: bashCompletion(nodes), encoding: 'utf8' })).toBe('');
  });

  it.each([
    ['zsh', zshCompletion],
    ['fish', fishCompletion],
    ['powershell', powershellCompletion],
  ])('names every command and flag for %s', (_, make) => {
    const script = make(nodes);
    for (const node of nodes) for (const child of node.children) expect(script).toContain(child.name);
    for (const word of ['fail-on', 'release', 'critical', 'powershell']) expect(script).toContain(word);
  });
});
