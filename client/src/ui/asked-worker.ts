/** A worker that answers questions, one after the other, in a limited time. It is started when it is asked, and ends when idle. */

/** How long it is kept after the last answer. */
const IDLE_MS = 30_000;

export type WorkerAnswer<Answer> = { readonly answer: Answer } | { readonly error: string };

export interface AskedWorkerOptions<Question, Answer> {
  /** Starts the worker, which posts a WorkerAnswer for each question. */
  readonly start: () => Worker;
  /** Answers where the browser offers no worker. Without a limit of time. */
  readonly here: (question: Question) => Promise<WorkerAnswer<Answer>>;
  /** An answer that takes longer is given up. */
  readonly limitMs: number;
  /** What is said then. */
  readonly tooLong: string;
}

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Returns the function that asks. It rejects with a sentence. */
export function createAskedWorker<Question, Answer>(
  options: AskedWorkerOptions<Question, Answer>,
): (question: Question) => Promise<Answer> {
  const queue: Asked<Question, Answer>[] = [];
  let worker: Worker | undefined;
  let asked: Asked<Question, Answer> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => {
    worker?.terminate();
    worker = undefined;
  };
  const settle = (answer: WorkerAnswer<Answer>): void => {
    const done = asked;
    asked = undefined;
    clearTimeout(timer);
    if ('answer' in answer) done?.resolve(answer.answer);
    else done?.reject(new Error(answer.error));
    next();
  };
  const next = (): void => {
    asked = queue.shift();
    if (asked === undefined) {
      timer = setTimeout(end, IDLE_MS);
      return;
    }
    if (typeof Worker === 'undefined') {
      options.here(asked.question).then(settle, (error: unknown) => settle({ error: String(error) }));
      return;
    }
    worker ??= started();
    worker.postMessage(asked.question);
    timer = setTimeout(() => {
      end();
      settle({ error: options.tooLong });
    }, options.limitMs);
  };
  const started = (): Worker => {
    const one = options.start();
    one.onmessage = ({ data }: MessageEvent<WorkerAnswer<Answer>>) => settle(data);
    one.onerror = (event) => {
      end();
      settle({ error: event.message || 'Its worker could not be loaded.' });
    };
    return one;
  };
  return (question) =>
    new Promise((resolve, reject) => {
      queue.push({ question, resolve, reject });
      clearTimeout(asked === undefined ? timer : undefined);
      if (asked === undefined) next();
    });
}
