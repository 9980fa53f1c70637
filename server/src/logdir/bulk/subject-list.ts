import type { PartHead } from './segment.js';

type Subject = PartHead['subjects'][number];

/** The subjects of a part, each once. */
export class SubjectList {
  readonly #numbers = new Map<string, number>();
  #all: Subject[] = [];

  get all(): PartHead['subjects'] {
    return this.#all;
  }

  /** The place of a subject, which is added if it is not there. */
  numberOf(subject: Subject): number {
    const [tag, kind, plugin] = subject;
    const key = `${kind} ${plugin.length} ${plugin}${tag}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#all.length;
      this.#numbers.set(key, number);
      this.#all.push(subject);
    }
    return number;
  }

  /** What was given before stays as it is. */
  clear(): void {
    this.#numbers.clear();
    this.#all = [];
  }
}
