import type { Block } from '../../core/block.ts';
import type { ShownView } from '../../runtime/prepare.ts';
import type { Presentation } from './presentation.ts';
import type { CliIo } from './spec.ts';

export interface LiveOutput {
  onView(view: ShownView): void;
  /** Gives the terminal back; what is printed next stays on the normal screen. */
  finish(): void;
}

export type RenderSections = (sections: readonly Block[], size: { width: number; colors: boolean }) => string;

/**
 * A screen that is redrawn where a person watches; one line per change, or NDJSON, where nobody does. JSON is one envelope, so
 * there nothing comes before the end.
 */
export function createLiveOutput(
  stdout: CliIo['stdout'],
  presentation: Presentation,
  render: RenderSections,
): LiveOutput {
  if (presentation.screen) return screenOutput(stdout, presentation, render);
  return { onView: (view) => writeChanges(stdout, presentation.format, view), finish: () => {} };
}

function writeChanges(stdout: CliIo['stdout'], format: Presentation['format'], view: ShownView): void {
  for (const change of view.changes) {
    const at = new Date(change.atMs).toISOString();
    if (format === 'text') stdout.write(`${at} ${change.text}\n`);
    if (format === 'ndjson') {
      stdout.write(`${JSON.stringify({ type: 'change', at, text: change.text, data: change.data })}\n`);
    }
  }
}

const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';
/** Terminals that know it hold the frame back until it is whole; the others ignore it. */
const FRAME_START = '\u001B[?2026h\u001B[H';
const FRAME_END = '\u001B[J\u001B[?2026l';
const CLEAR_TO_LINE_END = '\u001B[K';

function screenOutput(
  stdout: CliIo['stdout'],
  presentation: Presentation,
  render: RenderSections,
): LiveOutput {
  let last: ShownView | undefined;
  let entered = false;
  const draw = (): void => {
    if (!last) return;
    if (!entered) stdout.write(ENTER);
    entered = true;
    stdout.write(
      frame(render(last.sections(), { width: stdout.columns, colors: presentation.colors }), stdout.rows),
    );
  };
  const leave = (): void => {
    if (entered) stdout.write(LEAVE);
    entered = false;
  };
  stdout.on('resize', draw);
  // The second Ctrl-C ends the process inside a signal handler; the terminal must be whole even then.
  process.on('exit', leave);
  return {
    onView(view) {
      last = view;
      draw();
    },
    finish() {
      stdout.off('resize', draw);
      process.off('exit', leave);
      leave();
    },
  };
}

/** One write per frame, each line overwritten in place: nothing is cleared before it is drawn again, so nothing flickers. */
export function frame(text: string, rows: number): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const shown =
    lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`];
  return `${FRAME_START}${shown.map((line) => `${line}${CLEAR_TO_LINE_END}\r\n`).join('')}${FRAME_END}`;
}
