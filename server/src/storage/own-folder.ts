/** The folder inside a logdir in which the hub keeps what the user says of runs, and the runs that were deleted. */
export const OWN_FOLDER = '.convscope';
