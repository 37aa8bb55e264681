/** The page `index.html`: takes a file and a key, and shows each step of its verification. */
import { receiptSteps, sealSteps, statementSteps, STEP_LABELS, VerifyError } from './fundtrail-verify.js';

const at = (id) => document.getElementById(id);
/** @type {File | undefined} */
let chosen;

at('file').addEventListener('change', () => choose(at('file').files[0]));
at('drop').addEventListener('dragover', (event) => event.preventDefault());
at('drop').addEventListener('drop', (event) => {
  event.preventDefault();
  choose(event.dataTransfer.files[0]);
});
at('verify').addEventListener('click', verify);

function choose(file) {
  chosen = file;
  say('', file ? file.name : '');
}

async function verify() {
  at('steps').replaceChildren();
  if (!chosen) return say('refused', '请先选择文件。Choose a file first.');
  const given = at('trust').value;
  const trust = given.includes(' ') || given.includes('\n') ? { policy: given } : { logKey: given };
  say('', '…');
  at('verify').disabled = true;
  try {
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    for await (const step of stepsOf(bytes, trust)) show(step);
    say('ok', '核验通过。It verifies.');
  } catch (error) {
    if (!(error instanceof VerifyError)) console.error(error);
    say('refused', `核验未通过。It does not verify: ${error.code ?? 'FAULT'}. ${error.message}`);
  } finally {
    at('verify').disabled = false;
  }
}

/** By its beginning: a receipt has a header, the two others name their format. */
function stepsOf(bytes, trust) {
  const text = new TextDecoder().decode(bytes);
  if (!text.trimStart().startsWith('{')) return receiptSteps(bytes, trust);
  return text.includes('"fundtrail-seal/') ? sealSteps(bytes, trust) : statementSteps(bytes, trust);
}

function show({ name, ok, detail }) {
  const line = document.createElement('li');
  const { zh, en } = STEP_LABELS[name];
  line.className = ok ? 'ok' : 'refused';
  line.textContent = `${zh} · ${en}: ${detail}`;
  at('steps').append(line);
}

function say(kind, text) {
  at('verdict').className = kind;
  at('verdict').textContent = text;
}
