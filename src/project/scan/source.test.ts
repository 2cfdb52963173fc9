import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJavaScript, textValue } from './javascript.ts';
import { pythonText, scanPython } from './python.ts';
import { lineAt, type Source } from './source.ts';

/** Text of code with what disturbs a reader of it. */
const pieces = fc.constantFrom(
  '"',
  "'",
  '`',
  '${',
  '}',
  '{',
  '//',
  '/*',
  '*/',
  '#',
  '\n',
  '\\',
  '/',
  ' a ',
  '(',
  ')',
  '"""',
  "'''",
  '=',
  '[',
  ']',
  'é',
  '😀',
);
const code = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));

function lines(source: Source): [number, number, number] {
  return [source.text, source.code, source.mask].map((view) => view.split('\n').length) as [
    number,
    number,
    number,
  ];
}

describe('scanSource', () => {
  it('keeps every offset and every line, whatever the file holds', () => {
    fc.assert(
      fc.property(code, fc.constantFrom(scanJavaScript, scanPython), (text, scan) => {
        const source = scan('a', text);
        expect([source.code.length, source.mask.length]).toEqual([text.length, text.length]);
        expect(new Set(lines(source)).size).toBe(1);
        const original = text.split('');
        const changed = source.mask.split('').filter((char, at) => char !== original[at] && char !== ' ');
        expect(changed).toEqual([]);
      }),
    );
  });

  it('takes comments out of the code, and what is quoted out of the mask', () => {
    const source = scanJavaScript(
      'a.js',
      `x('a // b'); // y("c")\n/* z() */ w(/["'/]/, \`t \${v('u')} s\`);`,
    );
    const blank = ' '.repeat(9);
    expect(source.code).toBe(`x('a // b'); ${blank}\n${blank} w(/["'/]/, \`t \${v('u')} s\`);`);
    expect(source.mask).toBe(`x('      '); ${blank}\n${blank} w(/     /, \`  \${v(' ')}  \`);`);
  });

  it('divides where a division stands', () => {
    expect(scanJavaScript('a.js', `const a = b / c; d('e / f');`).mask).toBe(`const a = b / c; d('     ');`);
  });

  it('reads docstrings as text', () => {
    expect(scanPython('a.py', `"""\n@app.get("/x")\n"""\ny = 1 # z`).mask).toBe(
      `"""\n              \n"""\ny = 1    `,
    );
  });
});

describe('texts', () => {
  it.each([
    ["'a'", 'a'],
    ['`/${V}/x`', '/v1/x'],
    ["V + '/x'", 'v1/x'],
    ['`${unknown}`', null],
    ['f()', null],
    ["''", ''],
  ])('of JavaScript: %s', (expression, expected) => {
    expect(textValue(expression, new Map([['V', 'v1']]))).toBe(expected);
  });

  it.each([
    ['"a"', 'a'],
    ['f"/{V}/{{id}}"', '/v1/{id}'],
    [String.raw`r'\d+'`, String.raw`\d+`],
    ['V', 'v1'],
    ['f"{unknown}"', null],
    ['g("a")', null],
  ])('of Python: %s', (expression, expected) => {
    expect(pythonText(expression, (name) => (name === 'V' ? 'v1' : null))).toBe(expected);
  });
});

describe('lineAt', () => {
  it('counts from one', () => {
    expect([0, 1, 2, 3].map((offset) => lineAt({ text: 'a\nb\n' }, offset))).toEqual([1, 1, 2, 2]);
  });
});
