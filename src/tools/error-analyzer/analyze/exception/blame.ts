import type { ParsedTrace, Runtime, StackFrame, ThrownException } from '../../../_shared/logs/trace/types.ts';
import { frameName, moduleKey } from './functions.ts';
import { type InAppRules, isInApp } from './in-app.ts';
import { fileKey } from './paths.ts';
import { isPassThrough, isShared } from './roles.ts';

/** A frame that says where a bug is. */
export interface BlamedFrame {
  frame: StackFrame;
  /** `orders/service OrderService.place`. */
  key: string;
  because: string;
}

/** The frames that say where a bug is, innermost first. */
export interface Blame {
  frames: readonly BlamedFrame[];
  /** Whether they are the application's. */
  inApp: boolean;
  /** Whether one of them is a named function that is not shared by many callers. */
  specific: boolean;
}

/** So many frames of code that many share are kept on the way to the one that calls it. */
const MAX_FRAMES = 4;

/**
 * From where it was thrown outwards to the first function of the application that is not shared by many callers. Wrappers (retry, timing, transaction) and
 * functions that only throw (assert, fail) say nothing and are left out as long as anything else is there.
 */
export function blamedFrames(trace: ParsedTrace, rules?: InAppRules): Blame {
  const { runtime } = trace;
  const stack = stackOf(trace.chain);
  const kept: BlamedFrame[] = [];
  let passedThrough: BlamedFrame | null = null;
  for (const frame of stack) {
    if (!isInApp(frame, runtime, rules)) continue;
    const name = frameName(frame, runtime);
    if (isPassThrough(name)) {
      passedThrough ??= blamed(frame, runtime, 'a wrapper, but there is nothing else');
      continue;
    }
    const shared = isShared(frame, runtime);
    if (!shared && name !== '') {
      kept.push(blamed(frame, runtime, 'the first one of its own'));
      const frames = distinct(withoutClosures(kept, runtime));
      return { frames: frames.slice(-MAX_FRAMES), inApp: true, specific: true };
    }
    kept.push(blamed(frame, runtime, shared ? 'shared code' : 'no name'));
  }
  if (kept.length > 0) return { frames: distinct(kept).slice(-MAX_FRAMES), inApp: true, specific: false };
  if (passedThrough !== null) return { frames: [passedThrough], inApp: true, specific: false };
  const frames = stack.slice(0, 1).map((frame) => blamed(frame, runtime, 'no frame of the application'));
  return { frames, inApp: false, specific: false };
}

/** A closure without a name tells nothing beside a function that has one, except where it was thrown in. */
function withoutClosures(frames: readonly BlamedFrame[], runtime: Runtime): BlamedFrame[] {
  return frames.filter(({ frame, key }, index) => {
    if (frameName(frame, runtime) !== '') return true;
    const isEnclosed = frames.some((outer, at) => at > index && outer.key.startsWith(key));
    return !isEnclosed && index === 0 && !isShared(frame, runtime);
  });
}

/**
 * The calls that led to the root cause, innermost first: its own frames, and behind them those of what encloses it, because a cause's frames end where it
 * was caught (Python, .NET) or leave out what they share (Java).
 */
function stackOf(chain: readonly ThrownException[]): StackFrame[] {
  return chain.toReversed().flatMap(({ frames }) => frames);
}

function blamed(frame: StackFrame, runtime: Runtime, because: string): BlamedFrame {
  return { frame, key: frameKey(frame, runtime), because };
}

/** Without line and column. Where the module names the class, the file adds nothing. */
export function frameKey(frame: StackFrame, runtime: Runtime): string {
  const name = frameName(frame, runtime);
  if (frame.module !== null) return `${moduleKey(frame.module, runtime)} ${name}`;
  return `${frame.file === null ? '' : fileKey(frame.file)} ${name}`;
}

/** Recursion and closures within a function repeat one key. */
function distinct(frames: readonly BlamedFrame[]): BlamedFrame[] {
  return frames.filter(({ key }, index) => index === 0 || frames[index - 1]!.key !== key);
}
