/** What lies beside event files and is not read: what TensorBoard's projector, profilers and Perfetto show. */
import { formatCount } from '@convscope/shared/log-index/format-count.js';

export const PROJECTOR = 'projector_config.pbtxt';
/** Below a run, or below a folder without one, each profile is a folder in this one. */
export const PROFILES = 'plugins/profile';
/** What `tensorboard_trace_handler` of PyTorch's profiler writes: the process, and mostly the time in nanoseconds. */
const TRACE = /^(.+?)(?:\.(\d{1,20}))?\.pt\.trace\.json(?:\.gz)?$/s;
const TRACE_OPENERS = 'Perfetto (https://ui.perfetto.dev) and chrome://tracing';
/** Profiles that are named. */
const NAMED = 3;

/** The process whose trace has this name; undefined if it is none. */
export function tracedProcess(name: string): string | undefined {
  return TRACE.exec(name)?.[1];
}

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

  /** @param first the name of the first, by their order */
  addTraces(folder: string, first: string, count: number): void {
    this.#add(
      folder,
      count === 1
        ? `${first} is a trace of PyTorch's profiler, which is not shown here: ${TRACE_OPENERS} open it.`
        : `${first} and ${formatCount(count - 1)} more are traces of PyTorch's profiler, which are not shown here: ${TRACE_OPENERS} open them.`,
    );
  }

  #add(folder: string, sentence: string): void {
    this.byFolder.set(folder, [...(this.byFolder.get(folder) ?? []), sentence]);
  }
}
