// Every text of the console, in English.

export const text = {
  add: (what: string) => `Add ${what}`,
  addItem: (list: string) => `Add to ${list}`,
  takeAway: (what: string) => `Remove ${what}`,
  allOrNone: 'All rows are stored, or none is.',
  anotherFile: 'Another file',
  breadcrumbs: 'Breadcrumbs',
  cancelImport: 'Cancel the import',
  chooseFile: 'Choose a file of rows, or drop it here',
  counts: ({ created = 0, replaced = 0, skipped = 0 }: Counts) =>
    [
      `${number(created)} created`,
      ...(replaced > 0 ? [`${number(replaced)} replaced`] : []),
      ...(skipped > 0 ? [`${number(skipped)} left out`] : []),
    ].join(', '),
  copyAs: (format: string) => `Copy ${format}`,
  download: 'Download',
  downloadAs: (format: string) => `Download ${format}`,
  downloadFindings: 'Download what is wrong',
  duplicates: {
    refuse: 'Store nothing',
    skip: 'Leave such rows out',
    replace: 'Replace what is there',
  } as Readonly<Record<string, string>>,
  ended: 'Ended',
  fieldOfColumn: (column: string) => `Field of the column ${column}`,
  fileHelp: 'CSV with a header line, or JSON in lines (NDJSON). Nothing is sent yet.',
  findings: 'What is wrong, by line',
  firstRows: 'The first rows of the file',
  forgetImport: 'Delete this record',
  import: 'Import',
  importInto: (name: string) => `Import into ${name}`,
  importRows: (rows: number) => `Import ${count(rows)}`,
  imports: 'Imports',
  importStates: {
    waiting: 'Waiting to be stored.',
    running: 'Rows are being read. None is stored yet.',
    done: 'All rows are stored.',
    failed: 'No row was stored.',
    cancelled: 'Cancelled: no row was stored.',
  },
  leaveOut: 'Leave out',
  leftOut: (columns: readonly string[]) =>
    `Left out, because they match no field: ${list(columns)}.`,
  line: 'Line',
  missing: (fields: readonly string[]) =>
    `Every row needs a value, but no column has it: ${list(fields)}.`,
  mistakeAt: (line: number, detail: string) => `Line ${number(line)} ${detail}.`,
  moreFindings: (more: number) => `${number(more)} more are not shown.`,
  onDuplicate: 'If a key or a unique value is taken',
  otherSeparator: (separator: string) =>
    `The columns seem to be separated by ${separator === '\t' ? 'tabs' : `“${separator}”`}. Save the file with commas.`,
  readSoFar: (rows: number, total: number | undefined) =>
    total === undefined ? `${count(rows)} read` : `${number(rows)} of ${count(total)} read`,
  received: 'Received',
  result: 'Result',
  rowsAndBytes: (rows: number, size: string) => `${count(rows)}, ${size}`,
  rowsRead: 'Rows read',
  sending: 'Sending…',
  showRows: 'Show the rows',
  storedLater: 'So many rows are received first, and stored after that.',
  storeLater: 'Store them after they are received, and show the progress',
  storing: 'Storing…',
  unknownMembers: (members: readonly string[]) =>
    `Unknown to the service, which would refuse them: ${list(members)}.`,
  whatIsWrong: 'What is wrong',
  addFilter: 'Add filter',
  apply: 'Apply',
  allOf: (shown: number, total: number) =>
    shown === total ? count(total) : `${number(shown)} of ${count(total)}`,
  cancel: 'Cancel',
  changedMeanwhile: 'Somebody else changed this row while you were editing it.',
  changedMeanwhileHelp:
    'Nothing is lost. Choose for each field which value to keep, and save again.',
  choose: 'Choose…',
  clearFilters: 'Clear filters',
  close: 'Close',
  columns: 'Columns',
  copied: 'Copied',
  copy: 'Copy',
  created: 'Created.',
  credentials: 'API key or token',
  credentialsHelp: 'It is kept in this tab only, and forgotten when you close it.',
  credentialsNeeded: 'This service asks for credentials.',
  delete: 'Delete',
  deleteQuestion: (what: string) => `Delete ${what}?`,
  deleteHelp: 'This cannot be undone here.',
  document: 'Document',
  reference: 'Reference',
  done: 'Done.',
  edit: 'Edit',
  empty: 'empty',
  export: 'Export',
  exportHelp: 'All rows that the filters let through, with the columns that are shown.',
  fault: 'Fault in the console',
  field: 'Field',
  health: 'Health',
  invalidJson: 'is not JSON',
  isEmpty: 'is empty',
  isNotEmpty: 'is not empty',
  leave: 'Leave',
  loading: 'Loading…',
  mine: 'Yours',
  navigation: 'Resources',
  next: 'Next',
  no: 'no',
  noPage: 'There is no such address.',
  noPageHelp: 'The service has these resources:',
  didYouMean: 'Did you mean',
  noRows: 'There are no rows.',
  noRowsFound: 'No row fits these filters.',
  none: '—',
  offline: 'The service did not respond. Is it running?',
  openIn: 'Open in the API documentation',
  operator: 'Condition',
  optional: 'optional',
  others: 'Theirs',
  overview: 'What this service has',
  pages: 'Pages',
  perPage: 'Rows per page',
  previous: 'Previous',
  raw: 'As JSON',
  related: 'Related',
  remove: (what: string) => `Remove the filter ${what}`,
  request: 'As a request',
  run: 'Run',
  save: 'Save',
  search: 'Search',
  searchHelp: 'Rows that have all of these words. A * stands for any ending.',
  shownOnce: 'Keep this now: it is shown only once.',
  signedIn: (id: string) => `Signed in as ${id}`,
  signIn: 'Sign in',
  suchAs: 'In JSON, such as',
  skip: 'Skip to the content',
  table: (what: string) => `Rows of ${what}`,
  value: 'Value',
  yes: 'yes',
  operators: {
    eq: 'is',
    ne: 'is not',
    gt: 'is more than',
    gte: 'is at least',
    lt: 'is less than',
    lte: 'is at most',
    contains: 'contains',
    icontains: 'contains, in any case',
    starts_with: 'starts with',
    is_null: 'is empty',
    within: 'is within',
  } as Readonly<Record<string, string>>,
  periods: {
    today: 'Today',
    yesterday: 'Yesterday',
    lastDays: 'The last 7 days',
    thisMonth: 'This month',
    lastMonth: 'Last month',
    thisYear: 'This year',
    lastYear: 'Last year',
  },
  dateOperators: {
    gt: 'is after',
    gte: 'is on or after',
    lt: 'is before',
    lte: 'is on or before',
  } as Readonly<Record<string, string>>,
}

type Counts = Readonly<Partial<Record<'created' | 'replaced' | 'skipped', number>>>

const list = (names: readonly string[]) => names.join(', ')

/** `1536` → `1.5 kB`. */
export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const power = Math.min(3, Math.max(0, Math.floor(Math.log10(size) / 3)))
  const amount = (size / 1000 ** power).toLocaleString('en', { maximumFractionDigits: 1 })
  return `${amount} ${units[power]}`
}

export function number(value: number): string {
  return value.toLocaleString('en')
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${number(rows)} rows`
}

/** `order_lines` → `Order lines`. */
export function title(name: string): string {
  const words = name.replaceAll(/[_.]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
