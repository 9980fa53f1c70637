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
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
