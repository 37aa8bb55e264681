// The button that prints a page as a paper. Printing needs no script: the button only saves
// who looks for it the way through the browser's menu.

document.querySelector("#print")?.addEventListener("click", () => window.print());
