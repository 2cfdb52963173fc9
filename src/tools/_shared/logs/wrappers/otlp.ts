import { createKeyTable, findKey } from '../json/key-table.ts';
import {
  createJsonMembers,
  JSON_KIND,
  type JsonMembers,
  nextElement,
  nextMember,
  openArray,
  openObject,
} from '../json/members.ts';
import { attributeFields } from '../json/otlp-attributes.ts';
import { createUnwrapped, type Unwrapped, type UnwrappedSink, type WrapperKind } from './wrapper.ts';

const KEY = { resourceLogs: 0, resource: 1, scopeLogs: 2, logRecords: 3, attributes: 4 } as const;

/**
 * OTLP in JSON as the collector's file exporter writes it, one document of many records a line:
 * `{"resourceLogs":[{"resource":{"attributes":[...]},"scopeLogs":[{"logRecords":[...]}]}]}`. Each record is given out as it stands; the attributes
 * of its resource are fields beside its own.
 */
export const otlp: WrapperKind = {
  name: 'otlp-batch',
  matches: (line) => /^\{\s*"resourceLogs"\s*:/.test(line),
  create() {
    const inner = createUnwrapped();
    const keys = createKeyTable(['resourceLogs', 'resource', 'scopeLogs', 'logRecords', 'attributes']);
    // One level of the document each, as they are open at the same time.
    const [document, resourceLogs, resourceLog, resource, scopeLogs, scopeLog, records] = Array.from(
      { length: 7 },
      createJsonMembers,
    ) as [JsonMembers, JsonMembers, JsonMembers, JsonMembers, JsonMembers, JsonMembers, JsonMembers];
    let attributesStart = 0;
    let attributesEnd = 0;

    function readResource(bytes: Buffer, start: number, end: number): void {
      if (!openObject(resource, bytes, start, end)) return;
      while (nextMember(resource)) {
        if (findKey(keys, bytes, resource.keyStart, resource.keyEnd) !== KEY.attributes) continue;
        attributesStart = resource.valueStart;
        attributesEnd = resource.valueEnd;
      }
    }

    function giveRecords(bytes: Buffer, start: number, end: number, sink: UnwrappedSink): void {
      if (!openArray(records, bytes, start, end)) return;
      while (nextElement(records)) {
        if (records.kind !== JSON_KIND.object) continue;
        inner.bytes = bytes;
        inner.start = records.valueStart;
        inner.end = records.valueEnd;
        sink(inner);
      }
    }

    function giveScopes(bytes: Buffer, start: number, end: number, sink: UnwrappedSink): void {
      if (!openArray(scopeLogs, bytes, start, end)) return;
      while (nextElement(scopeLogs)) {
        if (!openObject(scopeLog, bytes, scopeLogs.valueStart, scopeLogs.valueEnd)) continue;
        while (nextMember(scopeLog)) {
          if (findKey(keys, bytes, scopeLog.keyStart, scopeLog.keyEnd) === KEY.logRecords)
            giveRecords(bytes, scopeLog.valueStart, scopeLog.valueEnd, sink);
        }
      }
    }

    function giveResource(bytes: Buffer, start: number, end: number, sink: UnwrappedSink): void {
      attributesEnd = 0;
      if (!openObject(resourceLog, bytes, start, end)) return;
      while (nextMember(resourceLog)) {
        const key = findKey(keys, bytes, resourceLog.keyStart, resourceLog.keyEnd);
        // The collector writes the resource first.
        if (key === KEY.resource) readResource(bytes, resourceLog.valueStart, resourceLog.valueEnd);
        else if (key === KEY.scopeLogs) giveScopes(bytes, resourceLog.valueStart, resourceLog.valueEnd, sink);
      }
    }

    function isDocument(
      given: Unwrapped,
      bytes: Buffer,
      start: number,
      end: number,
      sink: UnwrappedSink,
    ): boolean {
      given.lane = 'otlp';
      given.family = 'otlp';
      if (!openObject(document, bytes, start, end)) return false;
      let found = false;
      while (nextMember(document)) {
        if (findKey(keys, bytes, document.keyStart, document.keyEnd) !== KEY.resourceLogs) continue;
        if (!openArray(resourceLogs, bytes, document.valueStart, document.valueEnd)) continue;
        found = true;
        while (nextElement(resourceLogs))
          giveResource(bytes, resourceLogs.valueStart, resourceLogs.valueEnd, sink);
      }
      return found;
    }

    return {
      name: 'otlp-batch',
      innerFormat: 'otlp',
      unwrap: (bytes, start, end, sink) => isDocument(inner, bytes, start, end, sink),
      fields(_lane, sink) {
        if (attributesEnd > 0) attributeFields(inner.bytes, attributesStart, attributesEnd, sink);
      },
    };
  },
};
