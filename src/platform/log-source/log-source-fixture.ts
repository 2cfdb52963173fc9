import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogSources } from './sources.ts';
import type { LogCheckpoint, LogNotice, LogSourceSpec, ReadLogsOptions } from './types.ts';

/** What was read so far. */
export interface Reading {
  /** By name of the stream. */
  text: Record<string, string>;
  /** In their order, each once in a row. */
  locations: string[];
  notices: LogNotice[];
  /** Of each stream, behind what was read of it. */
  checkpoints: LogCheckpoint[];
}

export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-logs-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function emptyReading(): Reading {
  return { text: {}, locations: [], notices: [], checkpoints: [] };
}

export async function readInto(reading: Reading, options: ReadLogsOptions): Promise<void> {
  for await (const given of createLogSources().read(options)) {
    if (given.type !== 'chunk') {
      reading.notices.push(given);
      continue;
    }
    const { stream, file, atByte, bytes, cursor = null } = given;
    reading.text[stream.name] = (reading.text[stream.name] ?? '') + new TextDecoder().decode(bytes);
    if (reading.locations.at(-1) !== stream.location) reading.locations.push(stream.location);
    const others = reading.checkpoints.filter((checkpoint) => checkpoint.stream !== stream.name);
    reading.checkpoints = [
      ...others,
      { stream: stream.name, atByte: atByte + bytes.length, file, cursor, reader: null },
    ];
  }
}

export async function readAll(
  specs: readonly LogSourceSpec[],
  options: Partial<ReadLogsOptions> = {},
): Promise<Reading> {
  const reading = emptyReading();
  const { signal } = new AbortController();
  await readInto(reading, { specs, checkpoints: [], follow: false, signal, ...options });
  return reading;
}

/** Follows while the work is done, and until `isEnough` of what was read. */
export async function whileFollowing(
  specs: readonly LogSourceSpec[],
  work: (reading: Reading) => Promise<void>,
  isEnough: (reading: Reading) => boolean,
  options: Partial<ReadLogsOptions> = {},
): Promise<Reading> {
  const controller = new AbortController();
  const reading = emptyReading();
  const { signal } = controller;
  const done = readInto(reading, { specs, checkpoints: [], follow: true, signal, ...options });
  try {
    await work(reading);
    await until(() => isEnough(reading));
  } finally {
    controller.abort();
    await done;
  }
  return reading;
}

const PATIENCE_MS = 20_000;

export async function until(isSo: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (!isSo() && performance.now() < giveUpAtMs) await sleep(5);
}
