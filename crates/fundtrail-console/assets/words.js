/**
 * What the modules say to people, `[zh, en]`. Codes of the regulation and of the format come with their own words from
 * the node; those of faults in this browser stand here.
 */
// @ts-check

/** @type {Record<string, [zh: string, en: string]>} */
export const WORDS = {
  // Key files.
  NOT_A_KEY: ['这不是私钥文件。', 'This is not a private key file.'],
  PUBLIC_KEY: ['这是公钥；签名需要私钥文件。', 'This is the public half of a key. The private one is needed to sign.'],
  NOT_PKCS8: ['请先把密钥转换为 PKCS#8 格式。', 'Convert the key to PKCS#8 first.'],
  NOT_ED25519: ['这不是 Ed25519 密钥。', 'This is not an Ed25519 key.'],
  PASSPHRASE_NEEDED: ['密钥已加密，请输入口令。', 'The key is encrypted: enter its passphrase.'],
  WRONG_PASSPHRASE: ['口令不正确。', 'The passphrase is wrong.'],
  UNSUPPORTED_ENCRYPTION: [
    '密钥的加密方式不受支持；请用 fundtrail key encrypt 重新加密。',
    'The key is encrypted in a way that is not supported; encrypt it anew with fundtrail key encrypt.',
  ],
  ITERATIONS: ['密钥文件的迭代次数超出范围。', 'The key file asks for too many, or too few, iterations.'],
  KEY_STORE: ['此浏览器未能打开密钥存放处，请关闭本账本的其他页面后重试。', 'This browser does not open the place where it keeps keys: close its other pages of this ledger, and try again.'],
  NO_ED25519: ['此浏览器不支持 Ed25519，请更新浏览器。', 'This browser has no Ed25519: use a newer one.'],
  NO_WEBCRYPTO: ['此页面没有 WebCrypto，请通过 HTTPS 打开。', 'There is no WebCrypto here: open the page over HTTPS.'],
  NO_KEY: ['请先登录：签名需要密钥。', 'Sign in first: a key is needed to sign.'],
  // The node.
  NO_NODE: ['节点没有应答。', 'The node does not answer.'],
  NO_ANSWER: ['节点的应答无法识别。', 'The answer of the node is not understood.'],
  TOKEN_KEY_UNKNOWN: ['此密钥未在账本登记。', 'This key is not enrolled in the ledger.'],
  TOKEN_KEY_REVOKED: ['此密钥已吊销。', 'This key is revoked.'],
  TOKEN_LIFETIME: ['本机时钟与节点不一致。', "This machine's clock differs from the node's."],
  TOKEN_EXPIRED: ['登录已过期，请重新登录。', 'The session has ended: sign in again.'],
  UNAUTHENTICATED: ['请先登录。', 'Sign in first.'],
  FORBIDDEN: ['您无权进行此操作。', 'You may not do this.'],
  BUSY: ['节点繁忙，请稍后再试。', 'The node is busy: try again later.'],
  FAULT: ['程序出错，操作未完成。', 'A fault of this program: nothing was done.'],
  // Signing.
  WRONG_LEDGER: ['该交易属于另一账本，不能签署。', 'This is for another ledger: it is not signed.'],
  OTHER_TRANSACTION: ['内容与编号不符，不能签署。', 'The bytes are those of another transaction: they are not signed.'],
  UNKNOWN_KIND: ['不识别该事项，不能签署。', 'The kind is not known here: it is not signed.'],
  OTHER_BYTES: [
    '页面显示的内容与将要签署的内容不同，已停止签署。请刷新页面。',
    'The page shows other bytes than those to be signed. Nothing was signed. Load the page again.',
  ],
  DRAFT_CLOSED: ['该草稿已结束，不再接受签名。', 'The draft has ended and takes nothing more.'],
  CONFLICT: ['编号已被使用。', 'The id is taken.'],
  KEY_UNKNOWN: ['此密钥未登记，不能签署。', 'The key is not enrolled and cannot sign this.'],
  KEY_REVOKED: ['此密钥已吊销，不能签署。', 'The key is revoked and cannot sign this.'],
  KEY_NOT_NEEDED: ['此事项不需要您的签名。', 'Your signature is not needed for this.'],
  REFUSED: ['不予受理。', 'Refused.'],
  // Forms.
  AMOUNT_FORMAT: ['金额应为数字，小数点后最多两位。', 'An amount is digits, with at most two after the point.'],
  AMOUNT_NEGATIVE: ['金额不能为负数。', 'An amount is not negative.'],
  AMOUNT_OVERFLOW: ['金额过大。', 'The amount is too large.'],
  DATE_FORMAT: ['日期格式应为 YYYY-MM-DD。', 'A date is written YYYY-MM-DD.'],
  ID_FORM: [
    '编号由 1 至 64 个字母、数字、点、下划线或连字符组成。',
    'An id is 1 to 64 letters, digits, points, underscores or hyphens.',
  ],
  FLOAT: ['此处应填整数。', 'This is a whole number.'],
  TOO_LARGE: ['内容过长。', 'This is too long.'],
  DISCLOSURE_FORM: ['封存信息无法使用。', 'The particular cannot be sealed.'],
  // What is going on.
  opening: ['正在打开密钥……', 'Opening the key…'],
  signing: ['正在签署……', 'Signing…'],
  signed: ['已签署。', 'Signed.'],
  waiting: ['已保存，等待其他签名。', 'Kept, waiting for other signatures.'],
  passes: ['现在提交可以受理。', 'It would be accepted now.'],
  refuses: ['现在提交将不予受理：', 'It would be refused now:'],
  incomplete: ['请填完必填项。', 'Fill in what is required.'],
  article: ['第 {} 条', 'Art. {}'],
  amount: ['金额（元）', 'Amount (yuan)'],
  owed: ['由此应办', 'Owed because of it'],
  due: ['期限', 'Due'],
  postings: ['分录', 'Postings'],
  book: ['科目', 'Book'],
  after: ['变动后余额', 'Balance after'],
  unopened: ['（未示）', '(not shown)'],
  digestOf: ['内容摘要', 'SHA-256 of the bytes'],
  // Verifying.
  verifying: ['正在核验……', 'Verifying…'],
  verified: ['核验通过。', 'It verifies.'],
  notVerified: ['核验未通过：', 'It does not verify: '],
  noFile: ['请先选择文件。', 'Choose a file first.'],
  ofPage: ['页面内容', 'The page shows what is proved'],
  noTrust: ['请填写账本公钥。', "Give the log's verifier key."],
  ENTRY_DIFFERS: [
    '收据中的条目与页面显示的原始字节不同。',
    'The entry in the receipt has other bytes than those on the page.',
  ],
  EXPORT_FORM: ['导出文件中有一行不是条目。', 'A line of the export is no entry.'],
  EXPORT_CHAIN: ['导出文件中的条目不相连。', 'The entries of the export do not follow each other.'],
  EXPORT_TREE: ['导出文件与账本不符。', 'The file does not agree with the log.'],
  FILE_TOO_LARGE: ['文件过大。', 'The file is too large.'],
};

/** @returns {0 | 1} which of two languages the page is in */
export function language() {
  return globalThis.document?.documentElement?.lang?.startsWith('en') ? 1 : 0;
}

/** @param {keyof typeof WORDS & string} name @param {string} [value] put where the words have `{}` @returns {string} */
export function word(name, value = '') {
  return WORDS[name][language()].replace('{}', () => value);
}

/**
 * What to say of something thrown: its code, words for it, and what the node adds.
 * @param {any} error
 * @returns {string}
 */
export function faultWords(error) {
  const code = typeof error?.code === 'string' ? error.code : 'FAULT';
  const known = Object.hasOwn(WORDS, code) && code === code.toUpperCase();
  return `${known ? word(code) : error.message} (${code})`;
}
