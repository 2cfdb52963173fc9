import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTraceJoiner, TRACE_LINE } from './joiner.ts';
import { bytesOf } from './line-bytes.ts';

/** Lines joined to records. */
function records(text: string): string[] {
  const joiner = createTraceJoiner();
  const joined: string[] = [];
  for (const line of text.split('\n')) {
    // Other bytes around it, as in a chunk of a file.
    const bytes = bytesOf(`at x(\n${line}\n\tat y(z.js:1:1)`);
    const length = bytesOf(line).length;
    const kind = joiner.line(bytes, 6, 6 + length);
    if (kind === TRACE_LINE.continues && joined.length > 0) joined.push(`${joined.pop()!}\n${line}`);
    else joined.push(line);
  }
  return joined;
}

const TRACES: Readonly<Record<string, string>> = {
  'V8 behind a log line': 'ERROR order failed\n    at place (/app/a.js:1:2)\n    at async /app/b.js:3:4',
  'V8 with properties':
    "Error: x\n    at a (/app/a.js:1:2) {\n  code: 'X',\n  [cause]: Error: y\n      at b (/app/b.js:1:2)\n}",
  'V8 uncaught':
    '/app/a.js:3\n  throw new Error("x")\n  ^\n\nError: x\n    at a (/app/a.js:3:9)\n\nNode.js v20.19.0',
  Python:
    'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    f()\n    ~^^\nshop.Error: x\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "a.py", line 9, in g\nKeyError: 1',
  'Python with what a driver adds':
    'Traceback (most recent call last):\n  File "a.py", line 3, in f\nsqlalchemy.exc.IntegrityError: duplicate key\nDETAIL:  Key (id)=(3)\n\n[SQL: INSERT INTO orders]\n[parameters: (3,)]',
  JVM: 'Exception in thread "main" java.lang.Error: x\n\tat a.B.c(B.java:1)\n\tSuppressed: java.io.IOException\n\t\tat a.C.d(C.java:2)\nCaused by: a.D: y\n\tat a.D.e(D.java:3)\n\t... 3 more',
  Go: 'panic: boom\n\ngoroutine 1 [running]:\nmain.(*Shop).Place(0xc000, {0x1, 0x2})\n\t/app/a.go:12 +0x1d\nmain.main()\n\t/app/a.go:3 +0x1\nexit status 2',
  Ruby: "a.rb:3:in 'f': x (ArgumentError)\n\tfrom a.rb:9:in '<main>'",
  'Ruby, newest call last':
    "Traceback (most recent call last):\n\t1: from a.rb:9:in `<main>'\na.rb:3:in `f': x (ArgumentError)",
  PHP: 'PHP Fatal error:  Uncaught Exception: x in /app/a.php:3\nStack trace:\n#0 /app/b.php(4): f()\n#1 {main}\n\nNext Shop\\E: y in /app/b.php:4\nStack trace:\n#0 {main}\n  thrown in /app/b.php on line 4',
  '.NET':
    'Unhandled exception. System.Exception: x\n ---> System.IO.IOException: y\n   at A.B.C(String s) in /src/a.cs:line 3\n   --- End of inner exception stack trace ---\n   at A.D.E()',
};

describe('joining lines of traces', () => {
  it.each(Object.keys(TRACES))('%s', (name) => {
    const lines = `2026-03-01 INFO begin\nserver started\n${TRACES[name]}\nserver stopped at 10\nINFO end`;
    expect(records(lines)).toEqual([
      '2026-03-01 INFO begin',
      'server started',
      TRACES[name],
      'server stopped at 10',
      'INFO end',
    ]);
  });

  it('joins a trace whose first lines were lost to nothing but itself', () => {
    expect(records('\tat a.B.c(B.java:1)\nCaused by: a.D: y\n\tat a.D.e(D.java:3)')).toHaveLength(1);
  });

  it('leaves lines alone that only look like it at first', () => {
    const lines = [
      '  at the moment nothing',
      'panicking',
      'Error: alone',
      '# heading',
      '- item',
      'from here: on',
      '',
      '/var/log',
      'a.rb',
      '#1 of 3',
    ];
    expect(records(lines.join('\n'))).toEqual(lines);
  });

  it('begins anew when one trace follows another', () => {
    const text = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nKeyError: 1\n';
    expect(records(`${text}${text}`.trimEnd())).toHaveLength(2);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 }), (lines) => {
        const joiner = createTraceJoiner();
        for (const line of lines) expect([0, 1, 2]).toContain(joiner.line(line, 0, line.length));
      }),
    );
  });
});
