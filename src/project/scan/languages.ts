import { isGo, scanGo } from './go.ts';
import { isJava, scanJava } from './java.ts';
import { isJavaScript, scanJavaScript } from './javascript.ts';
import { isPhp, scanPhp } from './php.ts';
import { scanPython } from './python.ts';
import { isRuby, scanRuby } from './ruby.ts';
import type { Source } from './source.ts';

type Scanner = (path: string, text: string) => Source;

/** Languages whose comments and strings can be told apart, by what their files are called. */
const SCANNERS: readonly { isOfLanguage: (path: string) => boolean; scan: Scanner }[] = [
  { isOfLanguage: isJavaScript, scan: scanJavaScript },
  { isOfLanguage: (path) => path.endsWith('.py'), scan: scanPython },
  { isOfLanguage: isGo, scan: scanGo },
  { isOfLanguage: isPhp, scan: scanPhp },
  { isOfLanguage: isRuby, scan: scanRuby },
  { isOfLanguage: isJava, scan: scanJava },
];

export function scannerOf(path: string): Scanner | null {
  return SCANNERS.find(({ isOfLanguage }) => isOfLanguage(path))?.scan ?? null;
}
