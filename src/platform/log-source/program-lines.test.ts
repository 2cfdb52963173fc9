import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgramLines, positionOf, type ProgramPiece } from './program-lines.ts';
import { containersOf, dockerPrograms, journalProgram, podsArgv } from './programs.ts';

const range = { follow: false, fromEnd: false, sinceMs: undefined };
const [docker] = dockerPrograms({ kind: 'docker', container: 'web' }, range);

/** Lines of a container, several of them within one nanosecond. */
const printed = fc
  .array(fc.tuple(fc.nat(2), fc.string({ maxLength: 8 })), { minLength: 1, maxLength: 30 })
  .map((steps) => {
    let second = 0;
    return steps.map(([step, text]) => {
      second += step;
      const time = `2025-01-01T00:00:${String(second % 60).padStart(2, '0')}.${second}Z`;
      return `${time} ${text.replaceAll(/[\r\n]/g, '_')}\n`;
    });
  });

function inPieces(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

function run(lines: ReturnType<typeof createProgramLines>, text: string, size: number): ProgramPiece[] {
  const pieces = inPieces(text, size).map((piece) => lines.push(piece));
  return [...pieces, lines.end()].filter((piece) => piece !== null);
}

const joined = (pieces: readonly ProgramPiece[]): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes));

describe('lines of a program', () => {
  it('make each line one of CRI', () => {
    const lines = createProgramLines(docker!, null, 0);
    const [piece] = run(lines, '2025-01-01T00:00:00.5Z {"a":1}\n', 100);
    expect(Buffer.from(piece!.bytes).toString()).toBe('2025-01-01T00:00:00.5Z stdout F {"a":1}\n');
  });

  it('go on at any byte of a checkpoint, and nothing comes twice or is missing', () => {
    fc.assert(
      fc.property(printed, fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (all, size, cut, from) => {
        const text = all.join('');
        const whole = run(createProgramLines(docker!, null, 0), text, size);
        const content = joined(whole);
        const chunk = whole[cut % whole.length]!;
        const atByte = chunk.atByte + (from % (chunk.bytes.length + 1));
        const begin = positionOf(chunk.cursor)!;
        // The program begins at the time, and may begin a little earlier.
        const again = all
          .slice(Math.max(0, all.findIndex((line) => line.startsWith(begin.place)) - 1))
          .join('');
        const rest = run(createProgramLines(docker!, begin, atByte), again, size);
        expect(joined(rest).toString()).toBe(content.subarray(atByte).toString());
      }),
    );
  });

  it('come once though the program was started again', () => {
    const lines = createProgramLines(docker!, null, 0);
    const first = '2025-01-01T00:00:01Z a\n2025-01-01T00:00:01Z b\n';
    const pieces = [...run(lines, first, 100), ...run(lines, `${first}2025-01-01T00:00:01Z c\n`, 7)];
    expect(
      joined(pieces)
        .toString()
        .match(/[abc]\n/g),
    ).toEqual(['a\n', 'b\n', 'c\n']);
  });
});

describe('programs', () => {
  it('take nothing a person names for a flag', () => {
    const [program] = dockerPrograms({ kind: 'docker', container: '--help' }, range);
    expect(program!.argv(null).slice(-2)).toEqual(['--', '--help']);
    expect(podsArgv({ kind: 'kubernetes', selector: '-A' })).toContain('--field-selector=metadata.name=-A');
  });

  it('begin where they are asked to', () => {
    const sinceMs = Date.UTC(2025, 0, 1);
    const [program] = dockerPrograms({ kind: 'docker', container: 'web' }, { ...range, sinceMs });
    expect(program!.argv(null)).toContain('--since=2025-01-01T00:00:00.000Z');
    expect(program!.argv('2025-01-02T00:00:00.5Z')).toContain('--since=2025-01-02T00:00:00.5Z');
    const journal = journalProgram({ kind: 'journal', unit: 'ssh' }, { ...range, follow: true });
    expect(journal.argv('s=1;i=2')).toEqual(expect.arrayContaining(['--cursor=s=1;i=2', '--no-tail']));
    expect(journal.placeOf(Buffer.from('{"MESSAGE":"x","__CURSOR":"s=1;i=2"}\n'))).toBe('s=1;i=2');
  });

  it('of Kubernetes run once for each container', () => {
    expect(containersOf('shop\tweb-1\tapp\tproxy\nshop\tweb-2\tapp\n')).toEqual([
      { namespace: 'shop', pod: 'web-1', container: 'app' },
      { namespace: 'shop', pod: 'web-1', container: 'proxy' },
      { namespace: 'shop', pod: 'web-2', container: 'app' },
    ]);
  });
});
