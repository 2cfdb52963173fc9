import { Document, isMap, isPair } from 'yaml';

/** Settings of dependencies by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** The entries as they stand in a YAML config. */
export function yamlSnippet(dependencies: Settings): string {
  const document = new Document({ dependencies: {} });
  for (const [name, settings] of Object.entries(dependencies)) {
    document.setIn(['dependencies', name], nodeOf(document, settings));
  }
  return document.toString({ lineWidth: 0 }).trimEnd();
}

/** One dependency as people write it: references and lists on one line. */
export function nodeOf(document: Document, settings: unknown): unknown {
  const node = document.createNode(settings);
  if (!isMap(node)) return node;
  for (const pair of node.items) {
    if (isPair(pair) && isMap(pair.value)) pair.value.flow = true;
  }
  return node;
}

/** The entries as they stand in a config that is code. */
export function codeSnippet(dependencies: Settings): string {
  const json = JSON.stringify({ dependencies }, null, 2);
  const references = json.replace(/\{\s*"\$env": ("\w+")\s*\}/g, 'env($1)');
  return references
    .replace(/^(\s*)"([A-Za-z_]\w*)":/gm, '$1$2:')
    .replaceAll('"', "'")
    .slice(2, -2)
    .replace(/^ {2}/gm, '');
}
