import type { Clock } from '../clock.ts';
import type { Feed } from './feed.ts';
import { createProgramLines, type Position, positionOf } from './program-lines.ts';
import { type RunningProgram, startProgram } from './program.ts';
import { type Pull, pullFrom } from './pull.ts';
import type { LogCheckpoint, LogStream } from './types.ts';

/** A program that prints a log, and how to make it begin somewhere. */
export interface LogProgram {
  /** Of its stream. */
  name: string;
  /** `from`: place of the line to begin with; null: where it was asked to begin at first. */
  argv(from: string | null): readonly string[];
  /** Which of its outputs is read. */
  output: 'stdout' | 'stderr';
  /** Where the program would have to begin to give this line again; null when the line does not say. */
  placeOf(line: Buffer): string | null;
  /** Whether a place is before another one: a program that begins too early is put right. */
  isBefore(place: string, other: string): boolean;
  /** Behind the place: what the record reader wants to see there. */
  mark: string;
}

export interface ProgramFeedOptions {
  program: LogProgram;
  checkpoint: LogCheckpoint | null;
  follow: boolean;
  clock: Clock;
  ring: () => void;
}

/** A container that ended may be started again. */
const AGAIN_AFTER_MS = 5_000;

/** Runs the program, again when it ended in follow, and gives each line once. */
export function createProgramFeed({ program, checkpoint, follow, clock, ring }: ProgramFeedOptions): Feed {
  const stream: LogStream = { name: program.name, location: program.name, modifiedMs: null };
  const begin: Position | null = positionOf(checkpoint?.cursor ?? null);
  const lines = createProgramLines(program, begin, checkpoint?.atByte ?? 0);
  let running: { program: RunningProgram; pull: Pull } | null = null;
  let startAtMs = 0;
  let isOver = false;
  let hasComplained = false;

  return {
    async next() {
      if (running === null) {
        if (isOver || clock.monotonicMs() < startAtMs) return null;
        const started = startProgram(program.argv(lines.place()), program.output);
        running = { program: started, pull: pullFrom(started.output, ring) };
      }
      const bytes = running.pull.poll();
      if (bytes?.length === 0) return null;
      const given = bytes === null ? lines.end() : lines.push(bytes);
      if (bytes !== null) {
        // Nothing of it may be new: ask again at once.
        if (given === null) ring();
        return given === null ? null : { type: 'chunk', stream, file: null, ...given };
      }
      const failure = await running.program.failure;
      running = null;
      startAtMs = clock.monotonicMs() + AGAIN_AFTER_MS;
      isOver = !follow;
      ring();
      // What comes on stderr is told by the feed of stdout.
      const complains = failure !== null && program.output === 'stdout' && !hasComplained;
      hasComplained = failure !== null;
      if (given !== null) return { type: 'chunk', stream, file: null, ...given };
      if (complains) return { type: 'failed', stream, reason: failure };
      return isOver ? { type: 'end', stream, atByte: lines.atByte(), file: null } : null;
    },
    isOver: () => isOver,
    async close() {
      await running?.program.end();
    },
  };
}
