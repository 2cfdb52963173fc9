import type { ReportError } from '../../core/report.ts';
import type { Log, Progress } from '../../tools/context.ts';
import type { Presentation } from './presentation.ts';
import type { CliIo } from './spec.ts';

const CLEAR_LINE = '\r\u001B[K';

export interface Messages {
  log: Log;
  progress: Progress;
  /** Takes the progress line away, so that what follows starts on a clean line. */
  clear(): void;
}

/** Everything that is not the result goes to stderr: notes, warnings, and progress where a person watches. */
export function createMessages(stderr: CliIo['stderr'], presentation: Presentation): Messages {
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write(CLEAR_LINE);
    drawn = false;
  };
  const line = (text: string): void => {
    clear();
    stderr.write(`${text}\n`);
  };
  const notes = !presentation.quiet && presentation.mode !== 'agent';
  return {
    log: {
      debug: (message) => {
        if (presentation.verbose) line(dim(message, presentation.errorColors));
      },
      info: (message) => {
        if (notes || presentation.verbose) line(message);
      },
      warn: (message) => line(`warning: ${message}`),
    },
    progress: (done, total, what) => {
      if (!presentation.progress) return;
      const share = total > 0 ? `${Math.floor((done / total) * 100)} %` : String(done);
      stderr.write(
        `${CLEAR_LINE}${dim(`${share}  ${what}`.slice(0, presentation.width - 1), presentation.errorColors)}`,
      );
      drawn = true;
    },
    clear,
  };
}

/** One line: what went wrong and what to do about it. */
export function errorLine(error: ReportError, colors: boolean): string {
  const name = colors ? '\u001B[31mrearguard:\u001B[39m' : 'rearguard:';
  const message =
    /[.!?:]\s*$/.test(error.message) || error.hint === undefined ? error.message : `${error.message}.`;
  const text = [message, error.hint].filter((part) => part !== undefined).join(' ');
  return `${name} ${text.replaceAll(/\s*\n\s*/g, ' ')}\n`;
}

function dim(text: string, colors: boolean): string {
  return colors ? `\u001B[2m${text}\u001B[22m` : text;
}
