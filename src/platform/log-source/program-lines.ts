import type { LogProgram } from './program-feed.ts';

/** Where a program has to begin again: at the line of this place, but for so many lines of the same place; its content offset. */
export interface Position {
  place: string;
  sameBefore: number;
  atByte: number;
}

export interface ProgramLines {
  /** Whole lines that were not given before; null when there are none. */
  push(bytes: Uint8Array): ProgramPiece | null;
  /** The program ended; a line without its end is one. */
  end(): ProgramPiece | null;
  /** Of the newest line. */
  place(): string | null;
  atByte(): number;
}

export interface ProgramPiece {
  atByte: number;
  bytes: Uint8Array;
  cursor: string;
}

const NEWLINE = 10;
/** A line that is longer is given in pieces. */
const CARRY_BYTES_AT_MOST = 1_024 * 1_024;

export function positionOf(cursor: string | null): Position | null {
  if (cursor === null) return null;
  const [sameBefore = '', atByte = '', ...place] = cursor.split(' ');
  return { place: place.join(' '), sameBefore: Number(sameBefore), atByte: Number(atByte) };
}

function cursorOf({ place, sameBefore, atByte }: Position): string {
  return `${sameBefore} ${atByte} ${place}`;
}

/**
 * Cuts what a program prints into lines, leaves out those that were given before it was started again, and says where each piece would begin
 * again. `begin` and `resumeAtByte` are those of a checkpoint.
 */
export function createProgramLines(
  program: Pick<LogProgram, 'placeOf' | 'isBefore' | 'mark' | 'output'>,
  begin: Position | null,
  resumeAtByte: number,
): ProgramLines {
  let atByte = begin?.atByte ?? 0;
  /** Place of the newest line, and how many lines with it were given. */
  let place = begin?.place ?? null;
  let same = begin?.sameBefore ?? 0;
  /** After a start: lines of the same place that come again. */
  let again = same;
  let isCatchingUp = place !== null;
  let carry: Buffer = Buffer.alloc(0);
  const mark = Buffer.from(program.mark);

  /** The line as it is given, or null. */
  function take(line: Buffer): Buffer | null {
    const at = program.placeOf(line);
    if (at === null) return program.output === 'stderr' || isCatchingUp ? null : line;
    if (isCatchingUp && place !== null) {
      if (program.isBefore(at, place)) return null;
      if (at === place && again > 0) {
        again -= 1;
        return null;
      }
      isCatchingUp = false;
    }
    same = at === place ? same + 1 : 1;
    place = at;
    if (mark.length === 0) return line;
    return Buffer.concat([line.subarray(0, at.length), mark, line.subarray(at.length)]);
  }

  function pieceOf(lines: readonly Buffer[]): ProgramPiece | null {
    const parts: Buffer[] = [];
    let first: Position | null = null;
    for (const line of lines) {
      const given = take(line);
      if (given === null) continue;
      first ??= { place: place ?? '', sameBefore: Math.max(0, same - 1), atByte };
      parts.push(given);
    }
    if (first === null) return null;
    let bytes = Buffer.concat(parts);
    atByte += bytes.length;
    // What was folded in of the first piece after a checkpoint.
    const folded = Math.max(0, Math.min(resumeAtByte - first.atByte, bytes.length));
    bytes = bytes.subarray(folded);
    if (bytes.length === 0) return null;
    return { atByte: first.atByte + folded, bytes, cursor: cursorOf(first) };
  }

  function linesOf(bytes: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      lines.push(bytes.subarray(from, end + 1));
      from = end + 1;
    }
    carry = bytes.subarray(from);
    if (carry.length > CARRY_BYTES_AT_MOST) {
      lines.push(carry);
      carry = Buffer.alloc(0);
    }
    return lines;
  }

  return {
    push(bytes) {
      return pieceOf(linesOf(carry.length === 0 ? Buffer.from(bytes) : Buffer.concat([carry, bytes])));
    },
    end() {
      const rest = carry;
      carry = Buffer.alloc(0);
      const piece = rest.length === 0 ? null : pieceOf([Buffer.concat([rest, Buffer.from('\n')])]);
      // Should it be started again, it gives the lines of this place once more.
      isCatchingUp = place !== null;
      again = same;
      return piece;
    },
    place: () => place,
    atByte: () => atByte,
  };
}
