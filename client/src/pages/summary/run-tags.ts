/** What tags are about, as far as their names say it: the machine, the console, how the run was started. */

const FOLDER = /^(?:system|sys|perf|performance|hardware|resources?|gpu|cpu|memory)[/._]/i;
const WORD =
  /(?:^|[/._-])(?:[cg]pu|v?ram|memory|mem|disk|network|temperature|util(?:i[sz]ation)?|(?:images|samples|tokens|it|steps)_per_s(?:ec(?:ond)?)?|step_ms|throughput)(?:$|[/._-]|\d)/i;

export function isSystemTag(tag: string): boolean {
  return FOLDER.test(tag) || WORD.test(tag);
}

const CONSOLE = /(?:^|[/._-])(?:console|stdout|stderr|output|log|logs)(?:$|[/._-])/i;

/** Whether a text is what the program has printed. */
export function isConsoleTag(tag: string): boolean {
  return CONSOLE.test(nameOfText(tag));
}

const STATEMENT =
  /(?:^|[/._-])(?:config|configuration|args|arguments|hyper_?param(?:eter)?s|command(?:_?line)?|cmd|git|commit|revision|diff|env|environment|requirements|readme|notes?)(?:$|[/._-])/i;

/** Whether a text says how the run was started: its configuration, command line, commit or environment. */
export function isStatementTag(tag: string): boolean {
  return STATEMENT.test(nameOfText(tag));
}

/** Whether a tensor or picture is a confusion matrix. */
export function isConfusionTag(tag: string): boolean {
  return /confusion/i.test(tag);
}

/** Without what the writers of torch and tensorboardX put behind the tags of texts. */
export function nameOfText(tag: string): string {
  return tag.replace(/\/text_summary$/, '');
}
