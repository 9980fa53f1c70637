/** Which scalars are about the machine rather than about the net. */

const FOLDER = /^(?:system|sys|perf|performance|hardware|resources?|gpu|cpu|memory)[/._]/i;
const WORD =
  /(?:^|[/._-])(?:[cg]pu|v?ram|memory|mem|disk|network|temperature|util(?:i[sz]ation)?|(?:images|samples|tokens|it|steps)_per_s(?:ec(?:ond)?)?|step_ms|throughput)(?:$|[/._-]|\d)/i;

export function isSystemTag(tag: string): boolean {
  return FOLDER.test(tag) || WORD.test(tag);
}

const CONSOLE = /(?:^|[/._-])(?:console|stdout|stderr|output|log|logs)(?:$|[/._-])/i;

/** Whether a text is what the program has printed. */
export function isConsoleTag(tag: string): boolean {
  return CONSOLE.test(tag.replace(/\/text_summary$/, ''));
}
