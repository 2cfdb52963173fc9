/* oxlint-disable no-control-regex -- control codes are what this file is about */

/** Text for people: harmless to a terminal, capped, and as wide as the terminal will draw it. */

// CSI, then OSC/DCS/SOS/PM/APC up to their terminator (or the end, when it was cut off), then two-character escapes.
const ESCAPE_SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)?|\x1b[ -/]*[0-~]?/g;
// C0 without tab and newline, DEL, C1.
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Bidirectional overrides and isolates, zero-width characters, tags, line and paragraph separators: text that is not what it looks like. */
const INVISIBLE =
  /[\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\u200c\u200d](?!\p{Extended_Pictographic})/gu;

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Without escape sequences, control codes (tab and newline stay), bidi overrides and zero-width characters. A joiner inside an emoji stays. */
export function stripControl(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(CONTROL, '')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

/** At most `max` UTF-16 units, the last of them an ellipsis when something was cut; never half a character. */
export function capText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return '';
  const cut = text.slice(0, max - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Clean and on one line: every run of white space becomes one space. */
export function oneLine(text: string): string {
  return stripControl(text).replace(/\s+/g, ' ').trim();
}

/**
 * Words of somebody else within a sentence of ours: cleaned, on one line, capped, and between “ and ”, which cannot occur inside. Whoever reads the
 * sentence, a model included, can tell where they begin and end.
 */
export function quoteForeign(text: string, max: number): string {
  return `“${capText(oneLine(text).replace(/[“”„‟]/g, '"'), max)}”`;
}

/** What a plain name looks like: no room for a sentence. */
const PLAIN_WORD = /^[\p{L}\p{N}_.:/@+<*>-]{1,48}$/u;

/** A value of somebody else's: as it is where it is one word, else quoted. */
export function quoteUnlessPlain(text: string, max: number): string {
  return PLAIN_WORD.test(text) ? capText(text, max) : quoteForeign(text, max);
}

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes 12 ms, and most runs print ASCII only. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

// Printable ASCII is one column each; by far the most text, so it takes the short way.
const ASCII = /^[\x20-\x7e]*$/;
const WIDE =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}\ufe0f|[\d#*]\ufe0f?\u20e3)/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;

/** Columns in a terminal: East Asian wide and emoji 2, combining marks 0. Expects text without escape sequences. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return ZERO.test(grapheme) ? 0 : 1;
}

/** At most `width` columns, ending in … when something was cut. */
export function fitWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  return `${headOf(text, width - 1)}…`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/**
 * Lines of at most `width` columns, broken at spaces, and inside a word only when it is longer than a line. Newlines in
 * the text start a new line. `hanging` is the indent of every line but the first.
 */
export function wrapText(text: string, width: number, hanging = ''): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, Math.max(1, width), hanging));
}

function wrapParagraph(paragraph: string, width: number, hanging: string): string[] {
  // The widest character takes two columns and must fit behind the indent.
  const indent = displayWidth(hanging) + 2 <= width ? hanging : '';
  const lines: string[] = [];
  let line = '';
  let empty = true;
  for (const word of paragraph.split(' ')) {
    const candidate = empty ? line + word : `${line} ${word}`;
    if (displayWidth(candidate) <= width) {
      line = candidate;
      empty = false;
      continue;
    }
    if (!empty) lines.push(line);
    line = empty ? line : indent;
    let rest = word;
    while (displayWidth(line + rest) > width) {
      const head = headOf(rest, width - displayWidth(line)) || firstGrapheme(rest);
      lines.push(line + head);
      rest = rest.slice(head.length);
      line = indent;
      if (rest === '') break;
    }
    line += rest;
    empty = rest === '';
  }
  if (!empty || lines.length === 0) lines.push(line);
  return lines;
}

function headOf(text: string, width: number): string {
  let head = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width) break;
    head += segment;
  }
  return head;
}

function firstGrapheme(text: string): string {
  for (const { segment } of graphemes(text)) return segment;
  return text;
}
