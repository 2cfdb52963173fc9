import { scanSource, type Source, type Syntax } from './source.ts';

const SYNTAX: Syntax = {
  lineComments: ['#'],
  blockComments: [],
  strings: ['"""', "'''", '"', "'"],
  multiline: ['"""', "'''"],
};

export function scanPython(path: string, text: string): Source {
  return scanSource(path, text, SYNTAX);
}
