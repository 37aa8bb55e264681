// Called twice: `watch` before the Tab key is pressed many times, `judge` afterwards.

const shownBox = (element) => {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const visible = element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  return visible && box.width > 0 && box.height > 0 && style.pointerEvents !== 'none';
};

const named = (element) => {
  const text = (element.getAttribute('aria-label') || element.textContent || '').trim().slice(0, 40);
  return `<${element.localName}${element.id ? ` id=${element.id}` : ''}> ${text}`;
};

/** A group of radio buttons is one stop. */
const groupOf = (element) =>
  element.localName === 'input' && element.type === 'radio' && element.name
    ? `${element.form?.id ?? ''}/${element.name}`
    : null;

function watch() {
  const wanted = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
    (element) => !element.disabled && element.tabIndex >= 0 && element.type !== 'hidden' && shownBox(element),
  );
  const faults = [];
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (!element.disabled && element.tabIndex < 0 && element.type !== 'hidden' && shownBox(element)) {
      faults.push(`taken out of the order of the Tab key: ${named(element)}`);
    }
  }
  for (const element of document.querySelectorAll('[tabindex]')) {
    if (element.tabIndex > 0) faults.push(`tabindex above zero: ${named(element)}`);
  }
  for (const element of document.querySelectorAll('[onclick], [role=button], [role=link]')) {
    if (!element.matches('a[href], button, input')) faults.push(`clickable, but no link or button: ${named(element)}`);
  }
  const state = { wanted, faults, reached: new Set(), dull: new Set() };
  const showsFocus = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    return outlined || style.boxShadow !== 'none';
  };
  document.addEventListener('focusin', ({ target }) => {
    state.reached.add(target);
    if (!showsFocus(target)) state.dull.add(target);
  });
  // The browser may draw the focus only after it has moved it.
  document.addEventListener('keyup', ({ target }) => {
    if (target instanceof Element && showsFocus(target)) state.dull.delete(target);
  });
  window.tabState = state;
  window.scrollTo(0, 0);
  document.activeElement?.blur();
  return wanted.length;
}

function judge() {
  const { wanted, faults, reached, dull } = window.tabState;
  const groups = new Set([...reached].map(groupOf).filter(Boolean));
  for (const element of wanted) {
    if (reached.has(element) || groups.has(groupOf(element))) continue;
    // What was a scrolling box only for the length of its content may be skipped by the browser.
    faults.push(`not reached with the Tab key: ${named(element)}`);
  }
  for (const element of dull) {
    if (element !== document.body) faults.push(`does not show the focus: ${named(element)}`);
  }
  return [...new Set(faults)];
}

return arguments[0] === 'watch' ? watch() : judge();
