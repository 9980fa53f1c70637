/** Threads that read files in bulk: started when they are first needed, and ended after a while without work. */
import { availableParallelism } from 'node:os';
import { type BulkThread, type StartBulkThread, startBulkThread } from './bulk-thread-handle.js';

/** More threads than this wait for the disk and the hub most of the time. */
const MOST_THREADS = 8;
/** On two cores as well, since the hub's own thread waits for the others most of the time. */
const LEAST_THREADS = 2;
/** A thread works on one file while the hub reads bytes of another. */
const TASKS_A_THREAD = 2;
/** The memory of the threads is given back after so long without work. */
const IDLE_MS = 3000;
/** After so many threads that died without having done anything, the hub reads everything itself. */
const MOST_STILLBORN = 4;

/** A file that is read in bulk, piece by piece. */
export interface BulkTask {
  /** Whether somebody looks at what it reads: it goes before others then. */
  isWanted(): boolean;
  /** Reads the next piece. Resolves to whether there are more, and never rejects. Two calls may bring different threads. */
  step(thread: BulkThread): Promise<boolean>;
  /** No thread can be started, so that the file has to be read otherwise. */
  giveUp(): void;
  /** Called at the end: there are no more steps. Never rejects. */
  stop(): Promise<void>;
}

interface Slot {
  thread: BulkThread | undefined;
  /** Tasks that are in a step. */
  readonly busy: Set<BulkTask>;
}

function usualThreads(): number {
  return Math.min(MOST_THREADS, Math.max(LEAST_THREADS, availableParallelism() - 1));
}

export class BulkPool {
  readonly #start: StartBulkThread;
  readonly #slots: Slot[];
  /** In the order in which they came; those with a slot have begun. */
  readonly #tasks = new Map<BulkTask, Slot | null>();
  #stillborn = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #waiting: (() => void)[] = [];
  readonly #stopping = new Set<Promise<void>>();

  constructor(start: StartBulkThread = startBulkThread, threads = usualThreads()) {
    this.#start = start;
    this.#slots = Array.from({ length: threads }, () => ({ thread: undefined, busy: new Set<BulkTask>() }));
  }

  /** Whether tasks can be added. They cannot after several threads have died without having done anything. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#isBroken;
  }

  get #isBroken(): boolean {
    return this.#stillborn >= MOST_STILLBORN;
  }

  add(task: BulkTask): void {
    clearTimeout(this.#idleTimer);
    this.#tasks.set(task, null);
    this.#fill();
  }

  /** Resolves when there is no task. */
  async idle(): Promise<void> {
    if (this.#tasks.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the threads at once, and the tasks. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    await this.#endThreads();
    await this.idle();
    await Promise.all(this.#stopping);
  }

  /** Begins steps of tasks where there is room for them. */
  #fill(): void {
    if (!this.isOpen) {
      this.#endWaiting();
      return;
    }
    for (let lane = 0; lane < TASKS_A_THREAD; lane++) {
      for (const slot of this.#slots) {
        const task = slot.busy.size > lane ? undefined : this.#take(slot);
        if (task !== undefined) void this.#step(task, slot);
      }
    }
  }

  /** Ends the tasks that are not in a step: those that are end after it. */
  #endWaiting(): void {
    for (const [task, slot] of this.#tasks) {
      if (slot?.busy.has(task)) continue;
      if (!this.#isClosed) task.giveUp();
      this.#end(task);
    }
  }

  async #step(task: BulkTask, slot: Slot): Promise<void> {
    this.#tasks.set(task, slot);
    slot.busy.add(task);
    const thread = this.#threadOf(slot);
    const more = await task.step(thread);
    if (thread.hasAnswered) this.#stillborn = 0;
    slot.busy.delete(task);
    if (!more) this.#end(task);
    this.#fill();
  }

  #threadOf(slot: Slot): BulkThread {
    if (slot.thread?.isDead === false) return slot.thread;
    const thread = this.#start(() => {
      if (!thread.hasAnswered) this.#stillborn++;
    });
    slot.thread = thread;
    return thread;
  }

  /**
   * The task that the slot works on next: the first that is wanted, or the first. A task stays with its thread, which does
   * nothing else while it works on one that is wanted.
   */
  #take({ busy }: Slot): BulkTask | undefined {
    let givesWay = false;
    for (const task of busy) givesWay ||= task.isWanted();
    let first: BulkTask | undefined;
    for (const [task, slot] of this.#tasks) {
      if (slot !== null && (slot.busy !== busy || busy.has(task))) continue;
      if (task.isWanted()) return task;
      if (!givesWay) first ??= task;
    }
    return first;
  }

  #end(task: BulkTask): void {
    this.#tasks.delete(task);
    const stopped = task.stop().finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
    if (this.#tasks.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    if (!this.#isClosed) this.#idleTimer = setTimeout(() => void this.#endThreads(), IDLE_MS).unref();
  }

  async #endThreads(): Promise<void> {
    const threads = this.#slots.map(({ thread }) => thread);
    for (const slot of this.#slots) slot.thread = undefined;
    await Promise.all(threads.map((thread) => thread?.end()));
  }
}
