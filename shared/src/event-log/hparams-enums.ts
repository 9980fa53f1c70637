/** The enumerations of TensorBoard's hparams plugin, by number (tensorboard/plugins/hparams/api.proto). */
export const HPARAM_TYPES = ['unset', 'string', 'bool', 'float64'] as const;
export const METRIC_SETS = ['unknown', 'training', 'validation'] as const;
export const SESSION_STATUSES = ['unknown', 'success', 'failure', 'running'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];
