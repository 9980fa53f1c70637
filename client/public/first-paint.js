// Sets the theme before the first paint, so that a dark page never flashes white. A file of its own, since the
// Content-Security-Policy allows no inline script.
(() => {
  const query = location.hash.split('?')[1] || '';
  let theme = new URLSearchParams(query).get('theme');
  try {
    theme = theme || localStorage.getItem('convscope.theme');
  } catch {
    // Storage may be forbidden; the system's choice then holds.
  }
  if (theme !== 'dark' && theme !== 'light') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
