import { isStateWord } from '../state-words.ts';
import type { Components } from './components.ts';
import { createTokenTable, type TokenTable } from './templates.ts';

/** What the steps of one merge share. */
export interface Merging {
  table: TokenTable;
  components: Components;
  /** Memoised: a word that says what happened. */
  isState(token: number): boolean;
}

export function createMerging(components: Components): Merging {
  const table = createTokenTable();
  const states = new Map<number, boolean>();
  return {
    table,
    components,
    isState(token) {
      let state = states.get(token);
      if (state === undefined) states.set(token, (state = isStateWord(table.text(token))));
      return state;
    },
  };
}
