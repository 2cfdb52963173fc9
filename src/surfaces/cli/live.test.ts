import { describe, expect, it } from 'vitest';
import { createLiveOutput, frame } from './live.ts';
import { type Presentation, presentationOf } from './presentation.ts';

/** A terminal of 5 rows that keeps what it was sent. */
function terminal(isTTY: boolean) {
  const sent: string[] = [];
  const listeners = new Map<string, () => void>();
  const stream = {
    isTTY,
    columns: 40,
    rows: 5,
    write: (text: string) => sent.push(text) > 0,
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
  };
  return { sent, listeners, stdout: stream as unknown as NodeJS.WriteStream };
}

function presentation(stdout: NodeJS.WriteStream, output: 'text' | 'json' | 'ndjson'): Presentation {
  return presentationOf({ output }, { env: {}, stdout, stderr: stdout });
}

const view = (text: string) => ({
  sections: () => [{ kind: 'text' as const, text }],
  changes: [{ atMs: 0, text: `${text} changed`, data: { text } }],
});
const render = (sections: readonly { kind: string }[]) => JSON.stringify(sections);

describe('a live command', () => {
  it('draws on a second screen and gives the first one back', () => {
    const { sent, listeners, stdout } = terminal(true);
    const live = createLiveOutput(stdout, presentation(stdout, 'text'), render);
    live.onView(view('one'));
    live.onView(view('two'));
    live.finish();
    const text = sent.join('');
    expect(text.split('\u001B[?1049h')).toHaveLength(2);
    expect(text.endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
    expect(text).not.toContain('\u001B[2J');
    expect(listeners.size).toBe(0);
  });

  it('draws again when the window changes its size', () => {
    const { sent, listeners, stdout } = terminal(true);
    const live = createLiveOutput(stdout, presentation(stdout, 'text'), render);
    live.onView(view('one'));
    const before = sent.length;
    listeners.get('resize')?.();
    expect(sent.length).toBe(before + 1);
    live.finish();
  });

  it('writes a line per change where nobody watches, without a control sequence', () => {
    const { sent, stdout } = terminal(false);
    const live = createLiveOutput(stdout, presentation(stdout, 'text'), render);
    live.onView(view('one'));
    live.finish();
    expect(sent).toEqual(['1970-01-01T00:00:00.000Z one changed\n']);
  });

  it('writes NDJSON for programs', () => {
    const { sent, stdout } = terminal(true);
    const live = createLiveOutput(stdout, presentation(stdout, 'ndjson'), render);
    live.onView(view('one'));
    live.finish();
    expect(sent.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'change', at: '1970-01-01T00:00:00.000Z', text: 'one changed', data: { text: 'one' } },
    ]);
  });
});

describe('a live command asked for JSON', () => {
  it('leaves stdout to its one envelope', () => {
    const { sent, stdout } = terminal(false);
    const live = createLiveOutput(stdout, presentation(stdout, 'json'), render);
    live.onView(view('one'));
    live.finish();
    expect(sent).toEqual([]);
  });
});

describe('a frame', () => {
  it('never scrolls: what does not fit is counted', () => {
    const text = frame(Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n'), 5);
    expect(text.match(/\r\n/g)).toHaveLength(4);
    expect(text).toContain('… 6 more lines');
  });
});
