import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { sealed } from './seal.ts';
import type { WantedFile } from './wanted.ts';

const file = { path: 'a.md', does: 'shows' };
const generated: WantedFile = { ...file, owner: 'rearguard', text: sealed('new\n', '#') };
const line: WantedFile = { ...file, owner: 'line', line: '.rearguard/', same: ['/.rearguard'] };

describe('decide', () => {
  it("writes the team's files once", () => {
    const wanted: WantedFile = { ...file, owner: 'team', text: 'ours\n' };
    expect(decide(wanted, null)).toMatchObject({ action: 'create', after: 'ours\n' });
    expect(decide(wanted, '')).toMatchObject({ action: 'keep' });
    expect(decide(wanted, 'theirs')).toMatchObject({ action: 'keep' });
  });

  it('brings our own files up to date only where nobody wrote in them', () => {
    expect(decide(generated, null)).toMatchObject({ action: 'create' });
    expect(decide(generated, generated.text)).toMatchObject({ action: 'keep' });
    expect(decide(generated, generated.text.replaceAll('\n', '\r\n'))).toMatchObject({ action: 'keep' });
    expect(decide(generated, sealed('old\n', '#'))).toMatchObject({
      action: 'update',
      after: generated.text,
    });
    expect(decide(generated, sealed('old\n', '#').replace('old', 'mine'))).toMatchObject({
      action: 'by-hand',
      snippet: generated.text,
    });
    expect(decide(generated, 'somebody else’s\n')).toMatchObject({ action: 'by-hand' });
  });

  it('shows what a file lacks that cannot hold a region', () => {
    const wanted: WantedFile = {
      ...file,
      owner: 'entry',
      text: '{"rearguard":1}\n',
      isThere: (text) => text.includes('rearguard'),
    };
    expect(decide(wanted, null)).toMatchObject({ action: 'create' });
    expect(decide(wanted, '{}')).toMatchObject({ action: 'by-hand', snippet: wanted.text });
    expect(decide(wanted, '{"rearguard":2}')).toMatchObject({ action: 'keep' });
  });

  it('adds a line that nothing says yet, and only that', () => {
    expect(decide(line, 'dist\n')).toMatchObject({ action: 'update', after: 'dist\n.rearguard/\n' });
    expect(decide(line, 'dist')).toMatchObject({ after: 'dist\n.rearguard/\n' });
    expect(decide(line, 'dist\r\n')).toMatchObject({ after: 'dist\r\n.rearguard/\r\n' });
    expect(decide(line, 'dist\n/.rearguard\n')).toMatchObject({ action: 'keep' });
  });

  it('keeps what is there byte for byte, and has nothing to do the second time', () => {
    const part = fc.constantFrom('\n', '\r\n', '\uFEFF', 'dist', '# x', '.rearguard', ' ');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const before = parts.join('');
        const decision = decide(line, before);
        const after = 'after' in decision ? decision.after : before;
        expect(after.startsWith(before)).toBe(true);
        expect(decide(line, after).action).toBe('keep');
      }),
    );
  });
});
