import type { Extraction } from '../../../core/load/plan.ts';
import type { WireResponse } from '../wire/types.ts';
import type { BodyReader } from './body-reader.ts';
import { setCookieValue } from './cookies.ts';
import { endsField } from './escape.ts';
import { compileJsonPath } from './json-path.ts';
import { nextRandom } from './built-ins.ts';
import { compilePattern } from './safe-pattern.ts';
import type { SessionState } from './types.ts';

/** Takes its value into the session; false where it must be there and is not. */
export type Extractor = (session: SessionState, response: WireResponse, body: BodyReader) => boolean;

/** Longer ones are no tokens and no ids; a server must not fill the memory of thousands of sessions. */
const MAX_VALUE_LENGTH = 65_536;

/** `isUsedInHeader` is asked while running: later steps decide it. Throws where a path or a pattern is wrong. */
export function compileExtraction(
  extraction: Extraction,
  slot: number,
  isUsedInHeader: (slot: number) => boolean,
): Extractor {
  const find = finderOf(extraction);
  const mayBeMissing = extraction.optional ?? false;
  return (session, response, body) => {
    const value = find(session, response, body);
    if (value === null || value.length > MAX_VALUE_LENGTH) return mayBeMissing;
    if (isUsedInHeader(slot) && endsField(value)) return mayBeMissing;
    session.values[slot] = value;
    return true;
  };
}

type Finder = (session: SessionState, response: WireResponse, body: BodyReader) => string | null;

function finderOf(extraction: Extraction): Finder {
  switch (extraction.from) {
    case 'json': {
      const path = compileJsonPath(extraction.path);
      if (extraction.pick === 'first') return (_session, _response, body) => textOf(path.first(body.json()));
      return (session, _response, body) => {
        const all = path.all(body.json());
        return textOf(all[Math.floor(nextRandom(session) * all.length)]);
      };
    }
    case 'header': {
      const name = extraction.name.toLowerCase();
      return (_session, response) => ownCopy(response.header(name));
    }
    case 'cookie': {
      const { name } = extraction;
      return (_session, response) => ownCopy(setCookieValue(response.headers('set-cookie'), name));
    }
    case 'regex':
    default: {
      const pattern = compilePattern(extraction.pattern);
      return (_session, _response, body) => {
        const match = pattern.exec(body.text() ?? '');
        return match === null ? null : ownCopy(match[1] ?? match[0]);
      };
    }
  }
}

/** Numbers and such as JSON writes them; a null is no value. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** V8 keeps the whole text that a part was cut from: a token of 40 bytes would hold its page of a megabyte. */
function ownCopy(text: string | null): string | null {
  return text === null ? null : Buffer.from(text, 'utf8').toString('utf8');
}
