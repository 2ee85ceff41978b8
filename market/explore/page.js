// The state of the page in its address: what differs from the scenario, by control.
window.marketAddress = (() => {
  let starts = null;
  let awaited = null; // the address whose answers are on their way into the controls
  const several = (key) => Array.isArray(starts[key]);
  const same = (key, answer) =>
    several(key)
      ? [...(answer || [])].sort().join("\n") === [...starts[key]].sort().join("\n")
      : String(answer ?? "").trim() === String(starts[key] ?? "").trim();

  // the part of the address after the question mark
  const written = (answers) => {
    const found = new URLSearchParams();
    for (const [key, answer] of answers) {
      if (same(key, answer)) continue;
      if (!several(key)) found.append(key, String(answer ?? ""));
      else if (answer.length) answer.forEach((name) => found.append(key, name));
      else found.append(key, "");
    }
    return found.toString();
  };

  // what the address asks, into the controls
  const apply = () => {
    const given = new URLSearchParams(location.search);
    const answers = Object.keys(starts).map((key) => {
      if (!given.has(key)) return [key, starts[key]];
      const values = given.getAll(key);
      return [key, several(key) ? values.filter((name) => name) : values.at(-1)];
    });
    awaited = written(answers);
    setTimeout(() => { awaited = null; }, 1000);
    for (const [control, value] of answers)
      window.dash_clientside.set_props({ control, part: "value" }, { value });
  };

  window.addEventListener("popstate", () => starts && apply());
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.preset");
    if (!link || !starts || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    apply();
  });
  return {
    tell(values, given) {
      starts = given;
      const inputs = window.dash_clientside.callback_context.inputs_list[0];
      const now = written(inputs.map((one) => [one.id.control, one.value]));
      if (awaited !== null) {
        if (now === awaited) awaited = null;
      } else if (now !== new URLSearchParams(location.search).toString()) {
        history.pushState(null, "", now ? `?${now}` : location.pathname);
      }
      for (const link of document.querySelectorAll("a.preset")) {
        const asked = new URLSearchParams(new URL(link.href).search).toString();
        if (asked === now) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      return now;
    },
  };
})();

// Dash places the text cursor in a slider, too, which has none: a browser reports that as an error
{
  const place = HTMLInputElement.prototype.setSelectionRange;
  HTMLInputElement.prototype.setSelectionRange = function (...at) {
    if (this.type !== "range") place.apply(this, at);
  };
}
