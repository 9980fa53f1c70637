/**
 * Features of the browser that need a secure context or a permission, may be blocked, or may be missing, and what the page
 * does without them. A test holds this table to the sources of the page.
 */
export interface FeatureUse {
  /** Why the page cannot rely on it. */
  readonly why: string;
  readonly fallback: string;
  /** The files that use it. */
  readonly files: readonly string[];
  /** The test of the fallback. */
  readonly test: string;
}

export const FEATURES_USED: Readonly<Record<string, FeatureUse>> = {
  'navigator.clipboard': {
    why: 'only in a secure context: https or localhost; may be refused',
    fallback: 'copies a selection; else a dialog with the text selected',
    files: ['client/src/ui/copy-text.ts'],
    test: 'client/src/ui/copy-text.test.ts',
  },
  execCommand: {
    why: 'deprecated; may be refused',
    fallback: 'a dialog with the text selected',
    files: ['client/src/ui/copy-text.ts'],
    test: 'client/src/ui/copy-text.test.ts',
  },
  localStorage: {
    why: 'throws where site data is blocked',
    fallback: 'theme, widths and the chosen curve last until the page is closed',
    files: [
      'client/public/first-paint.js',
      'client/src/runs/preferred-curve.ts',
      'client/src/ui/kept-preferences.ts',
      'client/src/ui/kept-widths.ts',
      'client/src/ui/theme.ts',
    ],
    test: 'client/src/ui/kept-widths.test.ts',
  },
  'history.replaceState': {
    why: 'throws when it is called too often (Safari) or the address is too long',
    fallback: 'tried again a second later',
    files: ['client/src/ui/address-bar.ts'],
    test: 'client/src/ui/address-bar.test.ts',
  },
  ResizeObserver: {
    why: 'missing in old browsers',
    fallback: 'sizes are compared at intervals',
    files: [
      'client/src/pages/run/use-chosen-in-view.ts',
      'client/src/ui/stand-ins.ts',
      'client/src/ui/use-size.ts',
    ],
    test: 'client/src/ui/stand-ins.test.ts',
  },
  Notification: {
    why: 'only in a secure context; the user may refuse it; Android allows it to service workers only',
    fallback: 'alerts are shown on the page alone',
    files: ['client/src/runs/desktop-notices.ts'],
    test: 'client/src/runs/alert-center.test.ts',
  },
  IntersectionObserver: {
    why: 'missing in old browsers',
    fallback: 'everything counts as visible',
    files: ['client/src/ui/use-visible.ts'],
    test: 'client/src/ui/use-visible.test.tsx',
  },
  matchMedia: {
    why: 'missing in old and embedded browsers',
    fallback: 'widths are compared with the window; the theme is light',
    files: [
      'client/public/first-paint.js',
      'client/src/pages/run/state/view-mirrors.ts',
      'client/src/ui/panel.ts',
      'client/src/ui/stand-ins.ts',
      'client/src/ui/theme.ts',
      'client/src/ui/use-size.ts',
    ],
    test: 'client/src/ui/stand-ins.test.ts',
  },
  WebSocket: {
    why: 'may be turned off or blocked; the hub takes no other connection',
    fallback: 'a sentence in the place of the runs; the lab works without it',
    files: ['client/src/sources/live-source.ts', 'client/src/sources/socket-check.ts'],
    test: 'client/src/sources/no-websocket.test.ts',
  },
  DecompressionStream: {
    why: 'missing in browsers from before 2023',
    fallback: 'an exported file says which browsers open it, and an export from files which ones make it',
    files: [
      'client/src/sources/file-source/embedded-log.ts',
      'client/src/sources/file-source/log-service.ts',
    ],
    test: 'client/src/sources/file-source/embedded-log.test.ts',
  },
  Worker: {
    why: 'may be blocked by policy',
    fallback: 'the page decodes, and renders texts, on its own thread',
    files: [
      'client/src/decode/decoder.ts',
      'client/src/pages/compare/matching.ts',
      'client/src/pages/images/pixel-reader.ts',
      'client/src/pages/text/render-markdown.ts',
      'client/src/sources/file-source/ask-log.ts',
    ],
    test: 'client/src/decode/decoder.test.ts',
  },
  createImageBitmap: {
    why: 'missing in old browsers',
    fallback:
      'the places of probe and test pictures stay empty; the images page says that the browser is too old, and so does an upload',
    files: [
      'client/src/pages/images/use-picture.ts',
      'client/src/pages/run/ask/uploaded-picture.ts',
      'client/src/pages/run/frames/description.ts',
      'client/src/pages/run/unit/use-test-pictures.ts',
    ],
    test: 'scripts/browser/links.test.ts',
  },
  ImageDecoder: {
    why: 'only in a secure context; missing in older browsers',
    fallback: 'the frames of a GIF are decoded by gifuct-js',
    files: ['client/src/pages/images/animation.ts'],
    test: 'scripts/browser/images-page.test.ts',
  },
  'CSS.highlights': {
    why: 'missing in Firefox before 140',
    fallback: 'texts that were found are listed without marks in them',
    files: ['client/src/pages/text/highlight.ts'],
    test: 'client/src/pages/text/highlight.test.ts',
  },
  'document.fonts': {
    why: 'missing in old browsers',
    fallback: 'canvases and cut names keep the font of the first frame',
    files: ['client/src/ui/font-loading.ts', 'client/src/ui/text-width.ts'],
    test: 'scripts/browser/links.test.ts',
  },
};

/** Patterns of features of this kind, by name. One that the page begins to use needs a row above. */
export const FEATURE_PATTERNS: Readonly<Record<string, RegExp>> = {
  'navigator.clipboard': /\bnavigator\.clipboard\b/,
  execCommand: /\bexecCommand\b/,
  localStorage: /\blocalStorage\b/,
  sessionStorage: /\bsessionStorage\b/,
  indexedDB: /\bindexedDB\b/,
  'document.cookie': /\bdocument\.cookie\b/,
  'history.replaceState': /\bhistory(\.(pushState|replaceState)|\[)/,
  ResizeObserver: /\bnew ResizeObserver\b|\bglobalThis\.ResizeObserver\b/,
  IntersectionObserver: /\bIntersectionObserver\b/,
  matchMedia: /\bmatchMedia\(|\bglobalThis\.matchMedia\b/,
  WebSocket: /\bWebSocket\b/,
  Worker: /\bnew (Shared)?Worker\b/,
  serviceWorker: /\bserviceWorker\b/,
  OffscreenCanvas: /\bOffscreenCanvas\b/,
  createImageBitmap: /\bcreateImageBitmap\(/,
  'document.fonts': /\bdocument\.fonts\b/,
  structuredClone: /\bstructuredClone\b/,
  requestIdleCallback: /\brequestIdleCallback\b/,
  BroadcastChannel: /\bBroadcastChannel\b/,
  crypto: /\bcrypto\.(subtle|randomUUID|getRandomValues)\b/,
  SharedArrayBuffer: /\bSharedArrayBuffer\b/,
  // Whatever else it has: much of it needs a secure context or a permission.
  navigator: /\bnavigator\.(?!clipboard\b)\w+/,
  ImageDecoder: /\b(Image|Video|Audio)(Decoder|Encoder)\b/,
  'CSS.highlights': /\bCSS\.highlights\b/,
  AudioContext: /\bnew AudioContext\b/,
  mediaDevices: /\bmediaDevices\b/,
  registerProperty: /\bCSS\.registerProperty\b/,
  fullscreen: /\brequestFullscreen\b/,
  startViewTransition: /\bstartViewTransition\b/,
  showSaveFilePicker: /\bshow(Save|Open)FilePicker\b/,
  DecompressionStream: /\b(De)?[cC]ompressionStream\b/,
  scheduler: /\bscheduler\.(postTask|yield)\b/,
  Notification: /\bnew Notification\b/,
  EyeDropper: /\bEyeDropper\b/,
  visualViewport: /\bvisualViewport\b/,
};
