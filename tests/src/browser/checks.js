// What every page keeps to. Gives a list of what is wrong, in words. arguments[0]: the width of the window.
//
// Contrast is that of WCAG 2.2, 1.4.3, measured from computed styles: 4.5 to 1 for every text, also a large one.

const WIDTH = arguments[0];
const CONTRAST_MIN = 4.5;
const faults = [];
const all = (css, root = document) => [...root.querySelectorAll(css)];

function where(element) {
  const parts = [];
  for (let at = element; at && at !== document.body && parts.length < 4; at = at.parentElement) {
    parts.unshift(at.localName + (at.id ? `#${at.id}` : '') + (at.classList.length ? `.${[...at.classList].join('.')}` : ''));
  }
  return parts.join(' > ');
}

const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });

// The page as a whole.

const root = document.documentElement;
// Not innerWidth: a telephone zooms out until a page that is too wide fits.
if (root.scrollWidth > WIDTH) faults.push(`scrolls sideways: ${root.scrollWidth} wide in ${WIDTH}: ${widest()}`);
for (const element of [root, document.body]) {
  if (['hidden', 'clip'].includes(getComputedStyle(element).overflowX)) faults.push(`${element.localName} cuts off what is too wide`);
}
if (!['zh-CN', 'en'].includes(root.lang)) faults.push(`lang is ${root.lang}`);
if (!document.title.trim()) faults.push('no title');
const headings = all('h1').filter(isShown);
if (headings.length !== 1) faults.push(`${headings.length} h1`);
if (headings[0] && !headings[0].textContent.trim()) faults.push('an empty h1');
if (all('main').length !== 1) faults.push(`${all('main').length} main`);
let level = 0;
for (const heading of all('h1, h2, h3, h4, h5, h6').filter(isShown)) {
  const own = Number(heading.localName[1]);
  if (own > level + 1) faults.push(`h${own} after h${level}: ${heading.textContent.trim().slice(0, 40)}`);
  level = own;
}
const skip = all('a[href^="#"]')[0];
if (!skip || !document.getElementById(skip.getAttribute('href').slice(1))) faults.push('no skip link to anywhere');

/** What sticks out furthest, where nothing around it scrolls by itself. */
function widest() {
  let most = [0, null];
  for (const element of all('body *')) {
    if (!isShown(element)) continue;
    const right = element.getBoundingClientRect().right + scrollX;
    let inBox = false;
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== 'visible') inBox = true;
    }
    if (!inBox && right > most[0]) most = [right, element];
  }
  return most[1] ? `${where(most[1])} ends at ${Math.round(most[0])}` : '';
}

// What a policy without inline scripts and styles forbids.

for (const element of all('[style]')) faults.push(`a style attribute: ${where(element)}`);
for (const element of all('style, script:not([src])')) faults.push(`inline <${element.localName}>`);
for (const element of all('*')) {
  for (const { name } of element.attributes) if (name.startsWith('on')) faults.push(`${name}: ${where(element)}`);
}

// Ids and what refers to them.

const ids = all('[id]').map(({ id }) => id);
for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for', 'list']) {
  for (const element of all(`[${name}]`)) {
    for (const id of element.getAttribute(name).split(/\s+/)) {
      if (!document.getElementById(id)) faults.push(`${name} names nothing: ${id} in ${where(element)}`);
    }
  }
}

// Names.

function nameOf(element) {
  const refs = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean);
  const referred = refs.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
  const own = element.matches('input, select, textarea') ? '' : element.textContent;
  const images = all('img[alt], svg[aria-label], svg > title', element).map((one) => one.getAttribute('alt') ?? one.getAttribute('aria-label') ?? one.textContent);
  return [referred, element.getAttribute('aria-label'), labels, own, ...images, element.getAttribute('title')].join(' ').trim();
}

for (const element of all('input:not([type=hidden]), select, textarea, button, a[href], summary')) {
  if (isShown(element) && !nameOf(element)) faults.push(`without a name: ${where(element)}`);
}
for (const image of all('img')) if (!image.hasAttribute('alt')) faults.push(`img without alt: ${where(image)}`);
for (const image of all('svg')) {
  if (image.getAttribute('aria-hidden') === 'true' || image.closest('[aria-hidden=true]')) continue;
  if (image.getAttribute('role') !== 'img' || !nameOf(image)) faults.push(`svg without role and name: ${where(image)}`);
}
const navs = all('nav').map((nav) => nav.getAttribute('aria-label') || document.getElementById(nav.getAttribute('aria-labelledby'))?.textContent || '');
if (navs.length > 1 && new Set(navs.filter(Boolean)).size !== navs.length) faults.push(`nav without a name of its own: ${navs.join(', ')}`);

// Tables and lists.

for (const table of all('table')) {
  if (!table.caption?.textContent.trim() && !table.hasAttribute('aria-label') && !table.hasAttribute('aria-labelledby')) faults.push(`table without caption: ${where(table)}`);
  for (const cell of all('th', table)) if (!cell.scope) faults.push(`th without scope: ${cell.textContent.trim()} in ${where(table)}`);
  if (!all('th', table).length) faults.push(`table without th: ${where(table)}`);
}
for (const list of all('ul, ol')) {
  for (const child of list.children) if (!['li', 'script', 'template'].includes(child.localName)) faults.push(`${child.localName} in a list: ${where(list)}`);
}
for (const list of all('dl')) {
  for (const child of list.children) if (!['dt', 'dd', 'div'].includes(child.localName)) faults.push(`${child.localName} in a dl: ${where(list)}`);
}

// Sizes: 24 by 24 for what is clicked and stands by itself (WCAG 2.2, 2.5.8).

for (const element of all('button, select, input:not([type=hidden]), textarea, .button')) {
  if (!isShown(element)) continue;
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0]?.getBoundingClientRect();
  if (Math.max(box.height, label?.height ?? 0) < 24) faults.push(`only ${Math.round(box.height)} high: ${where(element)}`);
}

// Contrast.

const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
const known = new Map();

/** Any CSS colour as red, green, blue 0…255 and alpha 0…1. */
function rgba(colour) {
  if (!known.has(colour)) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    known.set(colour, [red, green, blue, alpha / 255]);
  }
  return known.get(colour);
}

const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];

function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** What is painted behind an element's text: none where that is a picture. */
function ground(element) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.backgroundImage !== 'none') return null;
    const layer = rgba(style.backgroundColor);
    if (layer[3] > 0) layers.push(layer);
    if (layer[3] === 1) break;
  }
  return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
}

/** What is drawn behind a text of a picture: the last shape before it that lies under its middle. */
function groundInPicture(text) {
  const picture = text.closest('svg');
  const { left, top, width, height } = text.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  let under = ground(picture);
  for (const shape of all('rect, path, circle, polygon', picture)) {
    if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    const box = shape.getBoundingClientRect();
    const fill = getComputedStyle(shape).fill;
    if (fill === 'none' || x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
    if (under) under = over(rgba(fill), under);
  }
  return under;
}

function opacity(element) {
  let all = 1;
  for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
  return all;
}

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const pale = new Map();
while (texts.nextNode()) {
  const text = texts.currentNode.data.trim();
  const element = texts.currentNode.parentElement;
  if (!text || !isShown(element) || element.closest('script, style, template, noscript, option')) continue;
  if (element.closest(':disabled, [aria-disabled=true]')) continue;
  const range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const box = range.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) continue;
  const style = getComputedStyle(element);
  const behind = element instanceof SVGElement ? groundInPicture(element) : ground(element);
  if (!behind) {
    faults.push(`text over a picture, contrast unknown: ${where(element)}`);
    continue;
  }
  const [r, g, b, a] = rgba(element instanceof SVGElement ? style.fill : style.color);
  const seen = over([r, g, b, a * opacity(element)], behind);
  const ratio = contrast(seen, behind);
  if (ratio < CONTRAST_MIN) pale.set(where(element), `contrast ${ratio.toFixed(2)}: “${text.slice(0, 30)}” in ${where(element)}`);
}
for (const fault of [...pale.values()].slice(0, 12)) faults.push(fault);

// Text that is cut off, and words that hold nothing.

for (const element of all('td, th, dd, dt, button, .button, h1, h2, h3, label')) {
  if (!isShown(element)) continue;
  const style = getComputedStyle(element);
  if (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1) faults.push(`cut off: ${where(element)}`);
}
const body = document.body.innerText;
for (const bad of ['undefined', '[object Object]', 'NaN', '{$', '{ $', '\u2068{']) {
  if (body.includes(bad)) faults.push(`the page says “${bad}”`);
}

return [...new Set(faults)].slice(0, 40);
