// Keeps <html lang>, which screen readers speak by, in step with ?lang= in the address, and keeps the choice
// for the next visit. Streamlit changes the address without loading a page.
(() => {
  const known = document.currentScript.dataset.languages.split(" ");
  const follow = () => {
    const wanted = new URLSearchParams(location.search).get("lang");
    if (!known.includes(wanted)) return;
    document.documentElement.lang = wanted;
    document.cookie = `depeche_lang=${wanted}; Path=/; Max-Age=31536000; SameSite=Lax`;
  };
  for (const name of ["pushState", "replaceState"]) {
    const own = history[name];
    history[name] = function (...given) {
      own.apply(this, given);
      follow();
    };
  }
  addEventListener("popstate", follow);
  follow();
})();
