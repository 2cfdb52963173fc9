/** Whether a stream still is of the format that was found: after a deploy or a change of configuration it may not be. JSON. */
export interface DriftState {
  /** Records of the current window, and those among them that speak against the format. */
  seen: number;
  refused: number;
  /** Records per window; doubled each time a new look found the same format, so that a mixed stream is not sampled for ever. */
  window: number;
}

const FIRST_WINDOW = 250;
const LONGEST_WINDOW = 1_024_000;

export function createDriftState(): DriftState {
  return { seen: 0, refused: 0, window: FIRST_WINDOW };
}

/** Hot. Counts a record; true when most of a window speaks against the format, and it is time to look again. */
export function hasDrifted(state: DriftState, isDoubted: boolean): boolean {
  state.seen += 1;
  if (isDoubted) state.refused += 1;
  if (state.seen < state.window) return false;
  const drifted = state.refused * 2 > state.seen;
  state.seen = 0;
  state.refused = 0;
  return drifted;
}

export function lookedAgain(state: DriftState, isSameFormat: boolean): void {
  state.seen = 0;
  state.refused = 0;
  state.window = isSameFormat ? Math.min(LONGEST_WINDOW, state.window * 2) : FIRST_WINDOW;
}
