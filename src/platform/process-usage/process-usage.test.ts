import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listeningInodes, parseUsage } from './linux.ts';
import { parsePs } from './posix.ts';
import { processUsageOf } from './process-usage.ts';

describe('process usage', () => {
  it.runIf(process.platform === 'linux')('finds who listens, and what it uses', async () => {
    const usage = processUsageOf('linux');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await usage.listeners(port)).toEqual([process.pid]);
    await new Promise((resolve) => server.close(resolve));
    expect(await usage.listeners(port)).toEqual([]);

    const reading = await usage.read(process.pid);
    expect(reading?.residentBytes).toBeGreaterThan(10 * 1_024 * 1_024);
    expect(reading?.processorMs).toBeGreaterThan(0);
    expect(await usage.read(2 ** 22 + 1)).toBeNull();
  });

  it('sees nothing where there is nothing to ask', async () => {
    expect(await processUsageOf('win32').listeners(80)).toEqual([]);
    expect(await processUsageOf('win32').read(1)).toBeNull();
  });

  it('counts fields behind the name of the program, whatever that holds', () => {
    const stat = `42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 11 0 100 200 300`;
    const status = 'Name:\tx\nVmRSS:\t    2048 kB\n';
    const usage = { processorMs: 2_000, waitedMs: null, residentBytes: 2_097_152 };
    expect(parseUsage(stat, status, null)).toEqual(usage);
    expect(parseUsage(stat, status, '0 0 0\n')).toEqual(usage);
    expect(parseUsage(stat, status, '9000000 5000000 77\n')?.waitedMs).toBe(5);
    expect(parseUsage(stat, 'Name:\tkernel thread\n', null)).toBeNull();
  });

  it('takes listening sockets of exactly this port', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1',
      '   1: 0100007F:0BB8 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 222 1',
      '   2: 0100007F:1BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1',
      '',
    ].join('\n');
    expect(listeningInodes(table, 3_000)).toEqual(['111']);
  });

  it.each([
    [' 2048   0:01.50\n', 1_500],
    ['2048 01:02:03', 3_723_000],
    ['2048 2-01:00:00', 176_400_000],
  ])('reads %j of ps', (line, processorMs) => {
    expect(parsePs(line)).toEqual({ processorMs, waitedMs: null, residentBytes: 2_097_152 });
  });

  it('reads nothing where ps says nothing', () => {
    expect(parsePs('')).toBeNull();
  });
});
