import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './session-fixture.ts';
import { parseTemplate, type Piece } from './template.ts';

function written(piece: Piece): string {
  if (typeof piece === 'string') return piece.replaceAll('{{', '\\{{');
  const filter = piece.raw ? ' | raw' : '';
  switch (piece.kind) {
    case 'variable':
      return `{{${piece.name}${filter}}}`;
    case 'int':
      return `{{ $int ${piece.from} ${piece.to}${filter} }}`;
    case 'now':
      return `{{$now ${piece.form}${filter}}}`;
    default:
      return `{{ $${piece.kind}${filter} }}`;
  }
}

const name = fc.stringMatching(/^[\p{L}_][\p{L}\p{N}_.-]{0,8}$/u);
const raw = fc.boolean();
const integer = fc.integer({ min: -1e6, max: 1e6 });
const piece: fc.Arbitrary<Piece> = fc.oneof(
  // A brace or a backslash at an end would become a part of what stands beside it.
  anyText(20).map((text) => `-${text}-`),
  fc.record({ kind: fc.constant('variable' as const), name, raw }),
  fc.record({ kind: fc.constantFrom('uuid' as const, 'user' as const, 'iteration' as const), raw }),
  fc.record({ kind: fc.constant('now' as const), form: fc.constantFrom('iso' as const, 'ms' as const), raw }),
  fc
    .tuple(integer, integer, raw)
    .map(([a, b, raw]) => ({ kind: 'int' as const, from: Math.min(a, b), to: Math.max(a, b), raw })),
);

/** Texts beside each other are one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const next of pieces) {
    const last = result.at(-1);
    if (typeof next === 'string' && typeof last === 'string') result[result.length - 1] = last + next;
    else result.push(next);
  }
  return result;
}

/** The pieces as JSON, or why there are none. */
function outcomeOf(text: string): string {
  try {
    return JSON.stringify(parseTemplate(text));
  } catch (error) {
    return (error as Error).message;
  }
}

function literally(text: string): RegExp {
  return new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
}

describe('templates', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expect(parseTemplate(pieces.map(written).join(''))).toEqual(joined(pieces));
      }),
    );
  });

  it('of any text are read, or refused with a reason', () => {
    const mark = fc.constantFrom('{{', '}}', '|', '$', 'int', ' ', '\\', '{', '}', 'raw', '1', 'x');
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), (marks) => {
        const text = marks.join('');
        const plain = JSON.stringify(text === '' ? [] : [text]);
        expect(outcomeOf(text)).toMatch(text.includes('{{') ? /^\[|\{\{/ : literally(plain));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{{$int 5}}', /least and the greatest/],
    ['{{$int 5 1}}', /least and the greatest/],
    ['{{$int a b}}', /least and the greatest/],
    ['{{$now yesterday}}', /ISO/],
    ['{{$user 1}}', /takes nothing/],
    ['{{a b}}', /not a name/],
    ['{{a | upper}}', /only `raw`/],
    ['{{a', /without its/],
  ])('%s is refused', (text, reason) => {
    expect(() => parseTemplate(text)).toThrow(reason);
  });
});
