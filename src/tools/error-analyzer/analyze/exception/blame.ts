import type { ParsedTrace, Runtime, StackFrame, ThrownException } from '../../../_shared/logs/trace/types.ts';
import { functionKey, moduleKey } from './functions.ts';
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
/** Without any frame of the application: what the library was asked, and by which of its own. */
const MAX_LIBRARY_FRAMES = 3;

/**
 * From where it was thrown outwards to the first function of the application that is not shared by many callers. Wrappers (retry, timing, transaction) and
 * functions that only throw (assert, fail) say nothing and are left out as long as anything else is there.
 */
export function blamedFrames(trace: ParsedTrace, rules?: InAppRules): Blame {
  const stack = stackOf(trace.chain);
  const own = stack.filter((frame) => isInApp(frame, trace.runtime, rules));
  if (own.length === 0) {
    const frames = distinct(
      stack.map((frame) => blamed(frame, trace.runtime, 'no frame of the application')),
    );
    return { frames: frames.slice(0, MAX_LIBRARY_FRAMES), inApp: false, specific: false };
  }
  const telling = own.filter((frame) => !isPassThrough(functionKey(frame.function, trace.runtime)));
  const kept: BlamedFrame[] = [];
  let specific = false;
  for (const frame of telling.length > 0 ? telling : own) {
    const named = functionKey(frame.function, trace.runtime) !== '';
    const shared = isShared(frame, trace.runtime);
    specific = named && !shared;
    kept.push(
      blamed(
        frame,
        trace.runtime,
        specific ? 'the first one of its own' : shared ? 'shared code' : 'no name',
      ),
    );
    if (specific) break;
  }
  return {
    frames: distinct(kept)
      .slice(specific ? -MAX_FRAMES : 0)
      .slice(0, MAX_FRAMES),
    inApp: true,
    specific,
  };
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
  const name = functionKey(frame.function, runtime);
  if (frame.module !== null) return `${moduleKey(frame.module, runtime)} ${name}`;
  return `${frame.file === null ? '' : fileKey(frame.file)} ${name}`;
}

/** Recursion and closures within a function repeat one key. */
function distinct(frames: readonly BlamedFrame[]): BlamedFrame[] {
  return frames.filter(({ key }, index) => index === 0 || frames[index - 1]!.key !== key);
}
