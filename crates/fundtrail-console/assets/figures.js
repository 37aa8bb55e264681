/** What the figures of a refusal are called, `[zh, en]`, and how their values are set. */
// @ts-check
import { element } from './dom.js';
import { MEMBERS } from './labels.js';
import { language } from './words.js';

/** Those that are no members of a body. @type {Record<string, [zh: string, en: string]>} */
const FIGURES = {
  adverse_on: ['不良记录日期', 'Adverse item of'],
  allowed: ['允许', 'Allowed'],
  approved_earlier_unpaid: ['此前已同意未拨付', 'Approved earlier and unpaid'],
  approved_unpaid: ['已同意未拨付', 'Approved and unpaid'],
  arrears: ['欠款', 'Arrears'],
  at_most: ['至多', 'At most'],
  balance: ['账户余额', 'Balance'],
  cap: ['上限', 'Cap'],
  category: ['机构类别', 'Category'],
  ceiling: ['上限', 'Ceiling'],
  claimed: ['申请金额', 'Claimed'],
  claimed_before: ['此前已申请', 'Claimed before'],
  claimed_by_others: ['他方已申请', 'Claimed by others'],
  claims_until: ['申请截止日', 'Claims until'],
  collected_since: ['其后已追回', 'Collected since'],
  compensated: ['已补偿', 'Compensated'],
  compensated_on: ['补偿日', 'Compensated on'],
  deadline: ['期限', 'Deadline'],
  days_late: ['逾期天数', 'Days late'],
  difference: ['差额', 'Difference'],
  disbursed: ['已放款', 'Disbursed'],
  disbursed_on: ['放款日', 'Disbursed on'],
  effective_from: ['生效日', 'In force from'],
  effective_to: ['失效日', 'In force until'],
  eligible_from: ['符合条件起始日', 'Eligible from'],
  entitled_together: ['各方应补偿总额', 'Entitled together'],
  excess: ['超出', 'In excess'],
  exists: ['已存在', 'Exists'],
  expected: ['应为', 'Expected'],
  held: ['现有', 'Held'],
  issued_at: ['发出时间', 'Sent at'],
  lacking: ['尚缺', 'Lacking'],
  loss_claimed_before: ['此前已申请的损失', 'Loss claimed before'],
  loss_claimed: ['申请的损失', 'Loss claimed'],
  loss_computed: ['账本计算的损失', 'Loss by the ledger'],
  loss_confirmed: ['重新确认的损失', 'Loss confirmed again'],
  loss_on: ['损失日', 'Loss of'],
  loss_stated: ['所填损失', 'Loss stated'],
  max_age_days: ['最长天数', 'Days at most'],
  min_share_bp: ['最低占比（万分之一）', 'Least share (basis points)'],
  missing: ['尚缺', 'Missing'],
  newest: ['最新', 'Newest'],
  newest_date_on_record: ['已记录的最晚日期', 'Newest date on record'],
  newest_loan: ['最近一笔贷款发放日', 'Newest loan made on'],
  not_compensated: ['未补偿', 'Not compensated'],
  open_claims: ['未结申请数', 'Open claims'],
  outstanding: ['未还本金', 'Outstanding'],
  overdue_days: ['逾期天数', 'Days overdue'],
  overdue_principal: ['逾期本金', 'Overdue principal'],
  owed: ['尚欠', 'Owed'],
  paid: ['已拨付', 'Paid'],
  paid_in: ['已到位资金', 'Paid in'],
  particular: ['封存信息', 'Particular'],
  payable: ['可拨付', 'Payable'],
  pledged: ['质押的种类', 'Pledged'],
  ratio_percent: ['补偿比率（%）', 'Ratio (%)'],
  repaid: ['已还', 'Repaid'],
  required: ['要求', 'Required'],
  required_seats: ['所需席位', 'Seats required'],
  returned: ['已返还', 'Returned'],
  sealed_until: ['已封账至', 'Sealed until'],
  seats: ['席位', 'Seats'],
  share: ['占比', 'Share'],
  short: ['不足', 'Short by'],
  stated: ['所填', 'Stated'],
  status: ['状态', 'Status'],
  suspense: ['暂收款', 'Suspense'],
  threshold_bp: ['门槛（万分之一）', 'Threshold (basis points)'],
  today: ['今日', 'Today'],
  transaction: ['交易', 'Transaction'],
};

/**
 * @param {string} name as the node writes it
 * @param {0 | 1} at which language
 * @returns {string} the name itself where it has no other
 */
export function figureName(name, at) {
  if (Object.hasOwn(FIGURES, name)) return FIGURES[name][at];
  return Object.hasOwn(MEMBERS, name) ? MEMBERS[name][at] : name;
}

/** An amount with separators for thousands; any other text as it is. @param {string} text @returns {string} */
export function figureText(text) {
  return /^-?[0-9]+\.[0-9]{2}$/.test(text) ? text.replace(/\B(?=([0-9]{3})+\.)/g, ',') : text;
}

/** A list of figures, each with its wire name as a title. @param {[name: string, value: string][]} figures @returns {HTMLElement} */
export function figureList(figures) {
  const list = element('dl', { class: 'figures' });
  for (const [name, value] of figures) {
    list.append(element('dt', { title: name }, figureName(name, language())), element('dd', {}, figureText(value)));
  }
  return list;
}
