import { messageOf } from '@convscope/shared/message-of.js';
import type { Answered, FromLogWorker, QuestionMessage, ToLogWorker } from './log-messages.js';
import { createLogService, type LogService } from './log-service.js';

let service: LogService | undefined;

addEventListener('message', ({ data, ports }: MessageEvent<ToLogWorker>) => {
  if ('open' in data) {
    service = createLogService(data.open, (list: FromLogWorker) => postMessage(list));
    return;
  }
  const [port] = ports;
  if (port !== undefined) void reply(port, data);
});

async function reply(port: MessagePort, { ask, question }: QuestionMessage): Promise<void> {
  let answered: Answered<unknown>;
  try {
    if (service === undefined) throw new Error('No files have been opened.');
    answered = { answer: await service.answer(ask, question) };
  } catch (error) {
    answered = { error: messageOf(error) };
  }
  const bytes = 'answer' in answered && answered.answer instanceof Uint8Array ? answered.answer.buffer : null;
  port.postMessage(answered, bytes instanceof ArrayBuffer ? [bytes] : []);
}
