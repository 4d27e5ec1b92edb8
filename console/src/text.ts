// Every text of the console, in English.

export const text = {
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
  done: 'Done.',
  edit: 'Edit',
  empty: 'empty',
  export: 'Export',
  exportHelp: 'All rows that the filters let through, with the columns that are shown.',
  field: 'Field',
  health: 'Health',
  invalidJson: 'is not JSON',
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
  } as Readonly<Record<string, string>>,
  dateOperators: {
    gt: 'is after',
    gte: 'is on or after',
    lt: 'is before',
    lte: 'is on or before',
  } as Readonly<Record<string, string>>,
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
