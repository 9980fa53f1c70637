/** The width at which the inspector lies over the page, and is closed at first. */
export const INSPECTOR_OVERLAID = '(max-width: 1199px)';
