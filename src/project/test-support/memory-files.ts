import type { Files, FolderEntry } from '../../platform/files.ts';

/** A repository that is only in memory; what is read of it is noted. */
export function memoryFiles(
  contents: Readonly<Record<string, string>>,
): Pick<Files, 'list' | 'readText' | 'exists'> & { read: string[] } {
  const paths = Object.keys(contents).map((path) => `/root/${path}`);
  const read: string[] = [];
  return {
    read,
    exists: (path) => Promise.resolve(paths.includes(path)),
    async readText(path, maxBytes = Infinity) {
      const text = contents[path.slice('/root/'.length)];
      read.push(path.slice('/root/'.length));
      if (text === undefined || text.length > maxBytes) throw new Error(`no ${path}`);
      return text;
    },
    async list(folder) {
      const inside = paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
      const entries = new Map(
        inside.map((path): [string, FolderEntry] => {
          const [name = ''] = path.split('/');
          return [name, { name, kind: path.includes('/') ? 'folder' : 'file' }];
        }),
      );
      return [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
