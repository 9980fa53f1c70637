// Sets the theme before the first paint, so that a dark page never flashes white. It is a separate file because the
// Content-Security-Policy allows no inline scripts.
(() => {
  const query = location.hash.split('?')[1] || '';
  let theme = new URLSearchParams(query).get('theme');
  try {
    theme = theme || localStorage.getItem('convscope.theme');
  } catch {
    // Storage may be blocked. Then use the system's setting.
  }
  if (theme !== 'dark' && theme !== 'light') {
    const isDark = typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches;
    theme = isDark ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
