import { RearguardError } from '../../core/errors.ts';

/** A command line as words, quoted as in a shell; nothing else of a shell's grammar means anything. Throws E_USAGE for a quote without its end. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== null) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && /["\\]/.test(line[at + 1] ?? ''))
        word += line[(at += 1)] ?? '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + (char === '\\' ? (line[(at += 1)] ?? '') : char);
    }
  }
  if (quote !== null) {
    throw new RearguardError('E_USAGE', { message: `${line}: a quote has no end.`, hint: '' });
  }
  return word === null ? words : [...words, word];
}
