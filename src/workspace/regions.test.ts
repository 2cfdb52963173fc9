import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRegions, writeRegions } from './regions.ts';

const begin = (name: string): string => `<!-- rearguard:begin ${name} -->`;
const end = (name: string): string => `<!-- rearguard:end ${name} -->`;
const path = 'AI-CONTEXT.md';

describe('regions', () => {
  it('are read with line ends as in Unix', () => {
    expect(readRegions(`x\r\n${begin('a')}\r\none\r\ntwo\r\n${end('a')}\r\n`, path)).toEqual([
      { name: 'a', body: 'one\ntwo' },
    ]);
  });

  it('are written in place, and at the end only when asked', () => {
    const text = `x\n${begin('a')}\nold\n${end('a')}\ny`;
    const regions = [
      { name: 'a', body: 'new' },
      { name: 'b', body: '' },
    ];
    expect(writeRegions(text, regions, { path })).toBe(`x\n${begin('a')}\nnew\n${end('a')}\ny`);
    expect(writeRegions(text, regions, { path, append: true })).toBe(
      `x\n${begin('a')}\nnew\n${end('a')}\ny\n\n${begin('b')}\n${end('b')}\n`,
    );
  });

  it('take markers in fenced code for text', () => {
    const text = `\`\`\`\`md\n${begin('a')}\n\`\`\`\n\`\`\`\`\n`;
    expect(readRegions(text, path)).toEqual([]);
  });

  it.each([
    ['inline code that begins a line', '```rearguard check``` runs all'],
    ['a fence that begins and ends in a list', '- ```bash\n  rearguard check\n  ```'],
    ['one within a nested list', '1. - ```bash\n     rearguard check\n     ```'],
  ])('stand below %s', (_, before) => {
    const once = writeRegions(before, [{ name: 'a', body: 'x' }], { path, append: true });
    expect(readRegions(once, path)).toEqual([{ name: 'a', body: 'x' }]);
    expect(writeRegions(once, [{ name: 'a', body: 'x' }], { path, append: true })).toBe(once);
  });

  it('are not appended into a code block that does not end, where each time would append them again', () => {
    const append = (): string =>
      writeRegions('x\n```sh\ny\n', [{ name: 'a', body: '' }], { path, append: true });
    expect(append).toThrow(expect.objectContaining({ code: 'E_WORKSPACE_MARKERS' }));
    expect(append).toThrow(`${path}:2: a code block begins here and does not end`);
  });

  it.each([
    ['an end without a begin', `x\n${end('a')}`, 2, 'has not begun'],
    ['a begin without an end', `${begin('a')}\nx`, 1, 'does not end'],
    ['one in another', `${begin('a')}\n${begin('b')}`, 2, 'inside'],
    ['the end of another', `${begin('a')}\n${end('b')}`, 2, 'has not begun'],
    ['one twice', `${begin('a')}\n${end('a')}\n${begin('a')}\n${end('a')}`, 3, 'twice'],
  ])('refuse %s, with its line', (_, text, line, reason) => {
    expect(() => readRegions(text, path)).toThrow(expect.objectContaining({ code: 'E_WORKSPACE_MARKERS' }));
    expect(() => readRegions(text, path)).toThrow(new RegExp(`${path}:${line}: .*${reason}`));
  });

  it('leave what is outside byte for byte, and change nothing the second time', () => {
    const line = fc.constantFrom(
      '',
      'text',
      '# Title',
      '```',
      '~~~~',
      'é\u2028',
      '\t',
      '<!-- x -->',
      begin('x y'),
    );
    const bodyLine = fc.constantFrom('', 'new', '# Heading', '| a | b |');
    fc.assert(
      fc.property(
        fc.record({
          mark: fc.constantFrom('', '\uFEFF'),
          lineEnd: fc.constantFrom('\n', '\r\n'),
          before: fc.array(line),
          old: fc.array(bodyLine),
          after: fc.array(line),
          body: fc.array(bodyLine).map((lines) => lines.join('\n').trim()),
          last: fc.boolean(),
        }),
        ({ mark, lineEnd, before, old, after, body, last }) => {
          const isOpen = before.filter((text) => /^(?:```|~~~)/.test(text)).length > 0;
          fc.pre(!isOpen);
          const head = mark + [...before, begin('a')].join(lineEnd) + lineEnd;
          const tail = [end('a'), ...after].join(lineEnd) + (last ? lineEnd : '');
          const text = head + old.map((text) => text + lineEnd).join('') + tail;
          const written = writeRegions(text, [{ name: 'a', body }], { path });
          expect(written.startsWith(head)).toBe(true);
          expect(written.endsWith(tail)).toBe(true);
          expect(readRegions(written, path)).toContainEqual({ name: 'a', body });
          expect(writeRegions(written, [{ name: 'a', body }], { path, append: true })).toBe(written);
        },
      ),
    );
  });
});
