import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RearguardError } from '../../../../core/errors.ts';
import { LOG_LEVELS, type LogLevelName } from '../../../../core/log/level.ts';
import { fieldRole } from '../../../_shared/logs/fields/roles.ts';
import { matcherOf } from './matcher.ts';
import { parseFilter } from './parse.ts';
import type { FilteredRecord } from './types.ts';

function record(level: LogLevelName, text: string, fields: Record<string, string> = {}): FilteredRecord {
  return {
    level: LOG_LEVELS.indexOf(level) as FilteredRecord['level'],
    atMs: Date.UTC(2026, 2, 1, 10),
    part: (name) =>
      name === 'text' || name === 'message' ? text.toLowerCase() : name === 'log' ? '/var/log/a.log' : '',
    fields: () =>
      Object.entries(fields).map(([name, value]) => ({
        name: name.toLowerCase(),
        role: fieldRole(name),
        value: value.toLowerCase(),
      })),
  };
}

const REFUSED = record('error', 'Connection refused by db-1', {
  host: 'web-1',
  userId: 'Bot',
  durationMs: '1500',
  'http.status': '503',
});

function placeOf(filter: string): string {
  try {
    parseFilter(filter);
  } catch (thrown) {
    return thrown instanceof RearguardError ? thrown.message : 'another error';
  }
  return 'none';
}

describe('filters', () => {
  it.each([
    ['', true],
    ['refused', true],
    ['"connection refused"', true],
    ["'refused connection'", false],
    ['connection refused', true],
    ['connection accepted', false],
    ['level>=error', true],
    ['level>error', false],
    ['level=warn or level=error', true],
    ['level ~ err*', true],
    ['host=web-1', true],
    ['host = WEB-1', true],
    ['hostname=web-1', false],
    ['host~web-*', true],
    ['host!~web-*', false],
    ['host=web-2', false],
    ['host!=web-2', true],
    ['nothing!=web-2', true],
    ['nothing=web-2', false],
    ['user=bot', true],
    ['userid=bot', true],
    ['durationms>1000', true],
    ['durationMs>1000 durationMs<=1500', true],
    ['durationMs<1000', false],
    ['host>5', false],
    ['status>=500', true],
    ['log~*/a.log', true],
    ['time>=2026-03-01T10:00 time<2026-03-01T10:01Z', true],
    ['not user=bot', false],
    ['level>=error host=web-1 "connection refused" not user=bot', false],
    ['host=web-2 or refused and user=bot', true],
    ['(host=web-2 or refused) and not user=bot', false],
    ['not (not (refused))', true],
    ['"a \\"quote\\" in" or refused', true],
    ['and=1 or refused', true],
  ])('%s is %s', (filter, expected) => {
    expect(matcherOf(parseFilter(filter))(REFUSED)).toBe(expected);
  });

  it('keep all that stands behind an operator, up to a space', () => {
    expect(parseFilter('url=/a?b=c>d')).toMatchObject({ name: 'url', operator: '=', value: '/a?b=c>d' });
  });

  it.each([
    ['level>=eror', 'at character 8 ("eror"): there is no such level'],
    ['host=', 'at its end: a value is missing'],
    ['=web', 'at character 1 ("=web"): a name is missing'],
    ['(refused', 'at its end: a closing bracket is missing'],
    ['refused)', 'at character 8 (")"): there is no bracket'],
    ['"refused', 'at character 1 ("\\"refused"): this quote is not closed'],
    ['refused or', 'at its end: something to look for is missing'],
    ['or refused', 'at character 1 ("or refused"): something to look for is missing'],
    ['duration>5s', 'at character 10 ("5s"): sizes are compared with a number'],
    ['time>noon', 'at character 6 ("noon"): this is no time'],
    [`${'('.repeat(200)}a`, 'nested too deep'],
  ])('%s is told where it is wrong', (filter, place) => {
    expect(placeOf(filter)).toContain(place);
  });

  it('are read or refused, whatever they are', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      'not ',
      ' or ',
      ' and ',
      'a',
      '"',
      "'",
      '=',
      '!~',
      '>=',
      '<',
      ' ',
      '\\',
      'level',
      '5',
      '~*',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const filter = pieces.join('');
        const place = placeOf(filter);
        expect(place).not.toBe('another error');
        if (place === 'none') matcherOf(parseFilter(filter))(REFUSED);
      }),
    );
  });
});
