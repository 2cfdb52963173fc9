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
  const stack = stackOf(trace.chain);
  const own = stack.filter((frame) => isInApp(frame, trace.runtime, rules));
  if (own.length === 0) {
    const frames = stack
      .slice(0, 1)
      .map((frame) => blamed(frame, trace.runtime, 'no frame of the application'));
    return { frames, inApp: false, specific: false };
  }
  const telling = own.filter((frame) => !isPassThrough(frameName(frame, trace.runtime)));
  const kept: BlamedFrame[] = [];
  let specific = false;
  for (const frame of telling.length > 0 ? telling : own) {
    const shared = isShared(frame, trace.runtime);
    specific = !shared && frameName(frame, trace.runtime) !== '';
    kept.push(
      blamed(
        frame,
        trace.runtime,
        specific ? 'the first one of its own' : shared ? 'shared code' : 'no name',
      ),
    );
    if (specific) break;
  }
  const frames = distinct(specific ? withoutClosures(kept, trace.runtime) : kept);
  return { frames: frames.slice(-MAX_FRAMES), inApp: true, specific };
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
