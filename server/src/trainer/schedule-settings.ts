/** The settings of captures, as viewers see and change them, for the schedule. */
import { type CaptureSteps, parseCaptureSteps } from '@convscope/shared/capture-steps.js';
import type { CaptureSettingsState } from '@convscope/shared/protocol/control.js';
import type { CaptureSettings } from './capture/capture-schedule.js';
import type { Tap } from './capture/tap.js';

/** @throws Error when the named steps are not a list of steps; those of a request have been checked */
export function scheduleSettings(settings: CaptureSettingsState, tap: Tap): CaptureSettings {
  const { every, budget, paused } = settings;
  return { every, at: stepsOf(settings.at), budget, paused, captureBytes: tap.captureBytes() };
}

function stepsOf(text: string): CaptureSteps {
  const parsed = parseCaptureSteps(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.steps;
}
