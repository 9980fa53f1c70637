/** Notices of the desktop. The browser asks the user for permission, which a page may do only when a button is pressed. */
import type { Alert } from '@convscope/shared/alerts.js';
import { withoutTurns } from '@convscope/shared/printable.js';
import { titleOfRun } from '@convscope/shared/run-name.js';

export function canNotify(): boolean {
  return typeof Notification !== 'undefined';
}

export function mayNotify(): boolean {
  return canNotify() && Notification.permission === 'granted';
}

/** Asks for permission. Call it from the handler of a click only. Returns whether it was given. */
export async function askToNotify(): Promise<boolean> {
  if (!canNotify()) return false;
  return (await Notification.requestPermission()) === 'granted';
}

export function notify(alert: Alert): void {
  if (!mayNotify()) return;
  const { kind, run, sentence } = alert;
  try {
    // One notice for each run and kind, which a newer one replaces.
    new Notification(`convscope: ${withoutTurns(titleOfRun(alert))}`, {
      body: withoutTurns(sentence),
      tag: `convscope ${kind} ${run}`,
    });
  } catch (error) {
    // Android allows notices from service workers only.
    console.warn('The browser refused to show a notification:', error);
  }
}
