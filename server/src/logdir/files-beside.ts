/** What lies beside event files and is not read: what TensorBoard's projector and profiler show. */
import { formatCount } from '@convscope/shared/log-index/format-count.js';

export const PROJECTOR = 'projector_config.pbtxt';
/** Below a run, or below a folder without one, each profile is a folder in this one. */
export const PROFILES = 'plugins/profile';
/** Profiles that are named. */
const NAMED = 3;

export function isProjectorFile(name: string): boolean {
  return name === PROJECTOR;
}

/** The folder that the profiles of this one belong to; null if it holds none. */
export function ownerOfProfiles(directory: string): string | null {
  if (directory === PROFILES) return '.';
  return directory.endsWith(`/${PROFILES}`) ? directory.slice(0, -PROFILES.length - 1) : null;
}

/** Sentences about what lies beside event files, by folder. */
export class FilesBeside {
  readonly byFolder = new Map<string, string[]>();

  addProjector(folder: string): void {
    this.#add(
      folder,
      `${PROJECTOR} names embeddings, which are not shown here: TensorBoard shows them under Projector.`,
    );
  }

  /** @param profiles paths of their folders */
  addProfiles(folder: string, profiles: readonly string[]): void {
    if (profiles.length === 0) return;
    const names = profiles.map((path) => path.slice(path.lastIndexOf('/') + 1));
    const more = names.length > NAMED ? ` and ${formatCount(names.length - NAMED)} more` : '';
    const what =
      names.length === 1 ? 'a profile, which is' : `${formatCount(names.length)} profiles, which are`;
    this.#add(
      folder,
      `${PROFILES} holds ${what} not shown here (${names.slice(0, NAMED).join(', ')}${more}): TensorBoard shows ${names.length === 1 ? 'it' : 'them'} under Profile, with the plugin that pip installs as tensorboard-plugin-profile.`,
    );
  }

  #add(folder: string, sentence: string): void {
    this.byFolder.set(folder, [...(this.byFolder.get(folder) ?? []), sentence]);
  }
}
