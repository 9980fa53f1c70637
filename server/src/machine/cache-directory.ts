import envPaths from 'env-paths';

/** convscope's folder in the user's cache, by each platform's rule: `~/.cache/convscope` on Linux. */
export function userCacheDirectory(): string {
  return envPaths('convscope', { suffix: '' }).cache;
}
