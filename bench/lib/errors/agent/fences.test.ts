import { describe, expect, it } from 'vitest';
import { outsideFences, proseOf, readably } from './fences.ts';

describe('what stands outside of fences', () => {
  it('is all but blocks, spans and quotes', () => {
    const markdown = 'a `b` “c” d\n````text\ne\n```\nf\n````\ng “open';
    expect(outsideFences(markdown).replace(/\s+/g, ' ')).toBe('a d g “open');
  });

  it('is everything where a fence does not end', () => {
    expect(outsideFences('a\n```\nb')).toBe('a\n```\nb');
  });

  it('is the prose of a report, not its evidence and data', () => {
    const report = {
      summary: 's “x”',
      findings: [{ title: 't', evidence: [{ label: 'l', sample: 'no' }] }],
      sections: [
        { kind: 'text', text: 'no', untrusted: true },
        { kind: 'text', text: 'p' },
      ],
      data: { text: 'no' },
    };
    expect(proseOf(report)).toEqual(['s  ', 't', 'l', 'text', 'text', 'p']);
  });

  it('is compared as a reader sees it', () => {
    expect(readably('Run\n&#35;1 \\[x\\]')).toBe('run #1 [x]');
  });
});
