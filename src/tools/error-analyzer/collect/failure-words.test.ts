import { describe, expect, it } from 'vitest';
import { saysFailure } from './failure-words.ts';

describe('words of failure', () => {
  it.each([
    'connection to <*> refused',
    'ERROR : cannot open <*>',
    'backup of <*> failed after <*>',
    'panic : runtime error : index out of range',
    'upstream timed out while reading <*>',
    'Failed password for <*> from <*>',
  ])('%s', (canonical) => expect(saysFailure(canonical)).toBe(true));

  it.each([
    'backup of <*> done, no errors',
    'imported <*> rows, <*> failed',
    'errors : <*> warnings : <*>',
    'failed=<*>',
    'finished without error',
    'terror of <*>',
    'user <*> logged in',
  ])('not: %s', (canonical) => expect(saysFailure(canonical)).toBe(false));
});
