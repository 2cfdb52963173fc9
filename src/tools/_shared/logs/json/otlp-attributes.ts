import { createJsonMembers, JSON_KIND, nextElement, nextMember, openArray, openObject } from './members.ts';
import { unescapeJson } from './unescape.ts';

const MAX_ATTRIBUTES = 256;
const MAX_VALUE_BYTES = 4_096;

/** Attributes as OTLP writes them, `[{"key":"host.name","value":{"stringValue":"web-1"}}]`, as fields. */
export function attributeFields(
  source: Uint8Array,
  start: number,
  end: number,
  sink: (name: string, value: string) => void,
): void {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.length);
  const list = createJsonMembers();
  const attribute = createJsonMembers();
  const value = createJsonMembers();
  if (!openArray(list, bytes, start, end)) return;
  for (let count = 0; count < MAX_ATTRIBUTES && nextElement(list); count += 1) {
    if (!openObject(attribute, bytes, list.valueStart, list.valueEnd)) continue;
    let name = '';
    let text: string | null = null;
    while (nextMember(attribute)) {
      const { keyStart, keyEnd, valueStart, valueEnd, kind } = attribute;
      const key = bytes.toString('latin1', keyStart, keyEnd);
      if (key === 'key') name = bytes.toString('utf8', valueStart, valueEnd);
      // Every kind of value is an object with one member: stringValue, intValue, ...
      else if (
        key === 'value' &&
        kind === JSON_KIND.object &&
        openObject(value, bytes, valueStart, valueEnd) &&
        nextMember(value)
      ) {
        text = textOf(
          bytes,
          value.valueStart,
          Math.min(value.valueEnd, value.valueStart + MAX_VALUE_BYTES),
          value.isEscaped,
        );
      }
    }
    if (name !== '' && text !== null) sink(name, text);
  }
}

function textOf(bytes: Buffer, start: number, end: number, isEscaped: boolean): string {
  if (!isEscaped) return bytes.toString('utf8', start, end);
  const text = Buffer.allocUnsafe(end - start);
  return text.toString('utf8', 0, unescapeJson(bytes, start, end, text, 0));
}
