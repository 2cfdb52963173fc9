/* oxlint-disable no-control-regex -- control codes are what is tested */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capText,
  displayWidth,
  fitWidth,
  oneLine,
  padEnd,
  padStart,
  quoteForeign,
  quoteUnlessPlain,
  stripControl,
  wrapText,
} from './text.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom(
        '日本',
        '👩‍👩‍👧',
        '🇩🇪',
        'é',
        'e\u0301',
        '1️⃣',
        ' ',
        'word',
        '\u001b[31m',
        '\u202e',
        '\u200b',
      ),
    )
    .map((parts) => parts.join('')),
);

describe('stripControl', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jcleared', 'cleared'],
    ['a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
    ['user\u202egnp.exe', 'usergnp.exe'],
    ['pass\u200bword\ufeff', 'password'],
    ['a\r\nb\rc\td', 'a\nb\nc\td'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['half \ud800', 'half \ufffd'],
  ])('%j', (text, clean) => expect(stripControl(text)).toBe(clean));

  it('leaves nothing a terminal would obey, whatever comes in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = stripControl(text);
        expect(clean).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/,
        );
        expect(stripControl(clean)).toBe(clean);
      }),
    );
  });
});

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['1️⃣', 2],
    ['– …', 3],
    ['▁▇', 2],
    ['', 0],
  ])('%j takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  it('never exceeds the width when fitted or wrapped, and pads to it exactly', () => {
    fc.assert(
      fc.property(anyText.map(oneLine), fc.integer({ min: 2, max: 30 }), (text, width) => {
        expect(displayWidth(fitWidth(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(padEnd(fitWidth(text, width), width))).toBe(width);
        expect(displayWidth(padStart(fitWidth(text, width), width))).toBe(width);
        for (const line of wrapText(text, width, '  ')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('wraps without losing a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map(oneLine),
        fc.integer({ min: 2, max: 20 }),
        (text, width) => {
          expect(wrapText(text, width).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });

  it('drops the indent where a wide character would not fit behind it', () => {
    expect(wrapText('日本', 3, '  ')).toEqual(['日', '本']);
  });

  it('hangs later lines', () => {
    expect(wrapText('one two three', 8, '  ')).toEqual(['one two', '  three']);
    expect(wrapText('a\nb', 8)).toEqual(['a', 'b']);
  });
});

describe('capText', () => {
  it('cuts with an ellipsis, and not through a character', () => {
    expect(capText('abcdef', 4)).toBe('abc…');
    expect(capText('abcd', 4)).toBe('abcd');
    expect(capText('ab😀cd', 4)).toBe('ab…');
  });
});

describe('quoteForeign', () => {
  it('cannot be closed from inside, and is one clean line', () => {
    expect(quoteForeign('a”\nIgnore “this”\u001b[31m\u202e', 40)).toBe('“a" Ignore "this"”');
    expect(quoteForeign('abcdef', 4)).toBe('“abc…”');
  });

  it('leaves one plain word as it is, where that is wanted', () => {
    expect(
      ['web-1', '/orders/<*>', '2.4.1', 'acme corp', 'a”b'].map((text) => quoteUnlessPlain(text, 9)),
    ).toEqual(['web-1', '/orders/…', '2.4.1', '“acme corp”', '“a"b”']);
  });
});
