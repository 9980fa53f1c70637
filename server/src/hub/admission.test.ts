import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createAdmission, SLOTS } from './admission.js';
import { createAccess } from './http/access.js';

const TOKEN = 'test-ingest-token-0123456789abcdefghij';

function admission() {
  const access = createAccess({
    ...{ host: '127.0.0.1', allowHosts: [], ingestToken: TOKEN, basePath: '/', port: () => 1 },
  });
  const admitted = createAdmission(access);
  const cookieOf = (): string => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    access.setCookie(new IncomingMessage(new Socket()), response);
    return String(response.getHeader('Set-Cookie')).split(';')[0]!;
  };
  const enter = (headers: Record<string, string> = {}) => {
    const tcp = new Socket();
    const request = new IncomingMessage(tcp);
    Object.assign(request.headers, headers);
    return { tcp, request, refusal: admitted.enter(request, tcp) };
  };
  return { ...admitted, enter, cookie: cookieOf() };
}

it('keeps places for trainers when all viewers are there, and for viewers when all trainers are', () => {
  for (const [full, other] of [
    ['viewer', 'trainer'],
    ['trainer', 'viewer'],
  ] as const) {
    const { enter, admit } = admission();
    for (let i = 0; i < SLOTS[full]; i++) expect(admit(enter().request, full)).toBeNull();
    expect(admit(enter().request, full)).toMatch(/^The hub has \d+ (viewer|trainer)s already\./);
    expect(admit(enter().request, other)).toBeNull();
  }
});

it('gives one who leaves a place back', async () => {
  const { enter, admit } = admission();
  const trainers = Array.from({ length: SLOTS.trainer }, () => enter({ authorization: `Bearer ${TOKEN}` }));
  expect(trainers.map(({ refusal }) => refusal)).toEqual(trainers.map(() => null));
  expect(enter({ authorization: `Bearer ${TOKEN}` }).refusal).toMatchObject({ status: 503 });
  trainers[0]!.tcp.destroy();
  await new Promise((resolve) => trainers[0]!.tcp.once('close', resolve));
  expect(enter({ authorization: `Bearer ${TOKEN}` }).refusal).toBeNull();
  expect(admit(enter().request, 'trainer')).toMatch(/already/);
});

it('cuts the oldest of too many strangers, and takes each new one in', () => {
  const { enter } = admission();
  const strangers = Array.from({ length: SLOTS.stranger + 10 }, () => enter());
  expect(strangers.map(({ refusal }) => refusal)).toEqual(strangers.map(() => null));
  expect(strangers.map(({ tcp }) => tcp.destroyed)).toEqual(strangers.map((_, i) => i < 10));
});

it('tells a page that all places are taken when it joins, since it cannot read the answer to its handshake', () => {
  const { enter, admit, cookie } = admission();
  for (let i = 0; i < SLOTS.viewer; i++) expect(enter({ cookie }).refusal).toBeNull();
  const { request, refusal } = enter({ cookie });
  expect(refusal).toBeNull();
  expect(admit(request, 'viewer')).toMatch(/already/);
});
