/** Finds the files in what was dropped or chosen, with their folders. Nothing is read. */
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import type { OpenedFile, OpenedLog } from '../sources/file-source/log-service.js';

/** Folders and files that are looked at; what is beyond is left out. */
const MOST_ENTRIES = 200_000;

interface Folder {
  readonly path: string;
  readonly entry: FileSystemDirectoryEntry;
}

/** The files of a drop. Call it during the event: its items are gone afterwards. */
export async function droppedLog(transfer: DataTransfer): Promise<OpenedLog | undefined> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...transfer.files].map((file) => ({ path: file.name, content: file }));
  if (entries.length === 0) return logOf(plain);
  const folders: Folder[] = [];
  const files: OpenedFile[] = [];
  let looked = 0;
  const take = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (isFolder(entry)) folders.push({ path, entry });
    // Only event files are opened, since a folder may hold a data set.
    else if (isFile(entry) && isEventFileName(entry.name)) files.push({ path, content: await fileOf(entry) });
  };
  for (const entry of entries) await take(entry, entry.name);
  for (let next = folders.pop(); next !== undefined && looked < MOST_ENTRIES; next = folders.pop()) {
    for (const entry of await entriesOf(next.entry)) {
      looked++;
      await take(entry, `${next.path}/${entry.name}`);
    }
  }
  return logOf(files.length > 0 ? files : plain);
}

/** The files of an <input type="file">, of a folder or not. */
export function chosenLog(list: Iterable<File>): OpenedLog | undefined {
  return logOf([...list].map((file) => ({ path: file.webkitRelativePath || file.name, content: file })));
}

/**
 * One folder that was opened is a log directory: its runs are named below it, as a hub would name them. Undefined without
 * files.
 */
export function logOf(files: readonly OpenedFile[]): OpenedLog | undefined {
  const [first] = files;
  if (first === undefined) return undefined;
  const top = first.path.split('/')[0] ?? first.path;
  const isOneFolder = files.every(({ path }) => path.startsWith(`${top}/`));
  if (!isOneFolder) {
    const name = files.length === 1 ? first.path : `${files.length} files`;
    return { name, files, rootRun: first.path };
  }
  const below = files.map(({ path, content }) => ({ path: path.slice(top.length + 1), content }));
  return { name: top, files: below, rootRun: top };
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A browser gives the entries of a folder in parts, and an empty one at its end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0 || all.length >= MOST_ENTRIES) return all;
    all.push(...some);
  }
}
