import { describe, expect, it } from 'vitest';
import { collectingReader, readAll } from '../record-reader-fixture.ts';

function docker(log: string, stream = 'stdout', time = '2026-03-01T08:15:30.123456789Z'): string {
  return JSON.stringify({ log, stream, time });
}

describe("Docker's json-file", () => {
  it('joins the parts of a line, and only those of its own stream', () => {
    const half = '{"level":30,"time":1772352930123,"pid":1,"hostname":"a","msg":"';
    const lines = [
      docker(half),
      docker('plain words of another stream\n', 'stderr'),
      docker('long\\nmessage"}\n'),
    ];
    for (const piece of [1, 50, 1_000_000]) {
      const { records, report } = readAll(`${lines.join('\n')}\n`, {}, piece);
      expect(records.map(({ format, message, fields }) => [format, message, fields['stream']])).toEqual([
        ['pino', 'long\nmessage', 'stdout'],
        ['text', 'plain words of another stream', 'stderr'],
      ]);
      expect(records[1]?.time).toBe('2026-03-01T08:15:30.123Z');
      expect(report).toMatchObject({ wrapper: 'docker', lines: 3, records: 2 });
    }
  });

  it('takes the colours out that were escaped', () => {
    const { records } = readAll(docker('\u001B[31mERROR\u001B[39m no stock\n'));
    expect(records).toMatchObject([{ raw: 'ERROR no stock', level: 'error', message: 'no stock' }]);
  });

  it('keeps traces of two streams apart that are written in turns', () => {
    const lines = ['Error: one', '    at a (/srv/a.js:1:1)', '    at b (/srv/b.js:1:1)'].flatMap((line) => [
      docker(`${line}\n`, 'stdout'),
      docker(`${line.replace('one', 'two')}\n`, 'stderr'),
    ]);
    const { records } = readAll(lines.join('\n'));
    expect(records.map(({ raw, lines }) => [raw.split('\n')[0], lines])).toEqual([
      ['Error: one', 3],
      ['Error: two', 3],
    ]);
  });
});

describe('CRI', () => {
  it('joins parts with nothing between them, per stream', () => {
    const at = '2026-03-01T08:15:30.123456789Z';
    const lines = [
      `${at} stdout P {"level":"error","ts":1772352930.5,`,
      `${at} stderr F panic: out of range`,
      `${at} stdout F "msg":"no stock"}`,
      `${at} stderr F `,
      `${at} stderr F goroutine 1 [running]:`,
      `${at} stderr F main.main()`,
      `${at} stderr F \t/srv/main.go:9 +0x1d`,
    ];
    const { records, report } = readAll(`${lines.join('\n')}\n`);
    expect(records.map(({ format, lines, message }) => [format, lines, message])).toEqual([
      ['zap', 1, 'no stock'],
      ['text', 5, 'out of range'],
    ]);
    expect(report).toMatchObject({ wrapper: 'cri', lines: 7 });
  });
});

describe('the journal', () => {
  it('gives units their own format, level and fields', () => {
    const entry = (fields: Record<string, unknown>) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1772352930123456',
        _HOSTNAME: 'web-1',
        PRIORITY: '6',
        ...fields,
      });
    const lines = [
      entry({
        _SYSTEMD_UNIT: 'ssh.service',
        SYSLOG_IDENTIFIER: 'sshd',
        _PID: '7',
        MESSAGE: 'Connection closed',
      }),
      entry({ _SYSTEMD_UNIT: 'shop.service', _PID: '9', PRIORITY: '3', MESSAGE: [0x6e, 0x6f, 0xff] }),
    ];
    const { records, report } = readAll(lines.join('\n'));
    expect(records).toMatchObject([
      {
        message: 'Connection closed',
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        fields: { host: 'web-1', unit: 'ssh.service', logger: 'sshd', pid: '7' },
      },
      { message: 'no\uFFFD', level: 'error', fields: { unit: 'shop.service' } },
    ]);
    expect(report.wrapper).toBe('journal');
  });
});

describe('OTLP', () => {
  it('gives out each record of a batch, with the attributes of its resource', () => {
    const record = (body: string) => ({
      timeUnixNano: '1772352930123000000',
      severityNumber: 17,
      body: { stringValue: body },
    });
    const resource = (name: string) => ({
      attributes: [{ key: 'service.name', value: { stringValue: name } }],
    });
    const batch = (name: string, ...bodies: string[]) =>
      JSON.stringify({
        resourceLogs: [
          { resource: resource(name), scopeLogs: [{ scope: {}, logRecords: bodies.map(record) }] },
        ],
      });
    const { records, report } = readAll([batch('a', 'one', 'two'), batch('b', 'three')].join('\n'), {}, 9);
    expect(records.map(({ message, format, fields }) => [format, message, fields['service.name']])).toEqual([
      ['otlp', 'one', 'a'],
      ['otlp', 'two', 'a'],
      ['otlp', 'three', 'b'],
    ]);
    expect(report).toMatchObject({ lines: 2, records: 3 });
  });

  it.each(['utf8', 'utf16le'] as const)('counts the lines of batches without a record, in %s', (encoding) => {
    const lines = [
      '{"resourceLogs":[]}',
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}',
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"a"',
    ];
    const bytes = Buffer.from(lines.join('\n'), encoding);
    for (const piece of [7, 1_000_000]) {
      expect(readAll(bytes, {}, piece).report).toMatchObject({ lines: 3, records: 1, bytes: bytes.length });
    }
  });

  it('counts a batch without a record once when another reader goes on behind it', () => {
    const empty = Buffer.from('{"resourceLogs":[]}\n'.repeat(12));
    const { reader } = collectingReader();
    reader.push(empty, 0, empty.length, 0);
    const { reader: next } = collectingReader({ resume: reader.state() });
    const from = reader.pendingFromByte();
    const more = Buffer.concat([empty, Buffer.from('{"resourceLogs":[')]);
    next.push(more, from, more.length, from);
    next.end();
    expect(reader.report().lines + next.report().lines).toBe(13);
    expect(reader.report().bytes + next.report().bytes).toBe(more.length);
  });
});

describe('prefixes', () => {
  it('keeps the containers of a compose project apart', () => {
    const lines = ['web-1  | Error: x', 'db-1   | ready', 'web-1  |     at a (/srv/a.js:1:1)'];
    const { records } = readAll(lines.join('\n'));
    expect(records.map(({ raw, fields }) => [raw, fields['container']])).toEqual([
      ['Error: x\n    at a (/srv/a.js:1:1)', 'web-1'],
      ['ready', 'db-1'],
    ]);
  });

  it('reads the pods of kubectl', () => {
    const { records } = readAll('[pod/web-5f/app] ready\n[pod/web-5f/proxy] ready too\n');
    expect(records.map(({ raw, fields }) => [raw, fields['pod'], fields['container']])).toEqual([
      ['ready', 'web-5f', 'app'],
      ['ready too', 'web-5f', 'proxy'],
    ]);
  });
});
