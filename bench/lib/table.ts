import type { BenchRow } from './bench.ts';

const NAME_WIDTH = 38;

/** Rows as text that fits 80 columns: one line per figure, peer and note on indented lines below it. */
export function renderTable(rows: readonly BenchRow[]): string {
  const header = `${'figure'.padEnd(NAME_WIDTH)} ${'value'.padStart(14)} ${'goal'.padStart(13)}  ${'ok'.padEnd(4)} ${'n'.padStart(6)}`;
  return [header, '-'.repeat(header.length), ...rows.flatMap(renderRow)].join('\n');
}

function renderRow(figure: BenchRow): string[] {
  const goal =
    figure.goal === undefined
      ? ''
      : `${figure.goal.op} ${withUnit(formatValue(figure.goal.value), figure.unit)}`;
  const verdict = figure.ok === null ? '' : figure.ok ? 'yes' : 'MISS';
  const nameLines = wrap(figure.name, NAME_WIDTH);
  const first = [
    (nameLines[0] ?? '').padEnd(NAME_WIDTH),
    (figure.value === null ? 'not run' : withUnit(formatValue(figure.value), figure.unit)).padStart(14),
    goal.padStart(13),
    ` ${verdict.padEnd(4)}`,
    (figure.samples === undefined ? '' : String(figure.samples)).padStart(6),
  ].join(' ');
  const lines = [first.trimEnd(), ...nameLines.slice(1).map((line) => `  ${line}`)];
  if (figure.peer !== undefined) {
    const peerValue =
      figure.peer.value === null ? 'not run' : withUnit(formatValue(figure.peer.value), figure.unit);
    lines.push(...wrap(`${figure.peer.name}: ${peerValue}`, 74).map((line) => `    ${line}`));
  }
  if (figure.note !== undefined) lines.push(...wrap(figure.note, 74).map((line) => `    ${line}`));
  return lines;
}

function withUnit(value: string, unit: string): string {
  return unit === '' || unit === '1' ? value : unit === '%' ? `${value}%` : `${value} ${unit}`;
}

/** Three or four significant digits for people; `--json` has the number as measured. */
function formatValue(value: number | string): string {
  if (typeof value === 'string' || Number.isInteger(value)) return String(value);
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 1 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
