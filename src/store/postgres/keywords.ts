// The keywords of an address of PostgreSQL, as libpq calls them (PostgreSQL documentation, "Parameter Key Words").

/** Those that the service heeds, each with the variable of the environment that stands in for it. */
export const variables: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  application_name: 'PGAPPNAME',
  fallback_application_name: '',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: '',
}

/** All of libpq's. What is none of them is a setting of PostgreSQL's own, such as `search_path`. */
export const unheededKeywords =
  /^(?:hostaddr|passfile|service(?:file)?|require_auth|keepalives\w*|tcp_user_timeout|replication|gss\w+|krb\w+|ssl\w*|requiressl|requirepeer|load_balance_hosts|client_encoding|m(?:in|ax)_protocol_version|scram_\w+|oauth_\w+)$/

/** The value of a keyword, from the address or else from the environment. */
export type Setting = (keyword: string) => string | undefined

/** Says nothing of the address itself, which may be a part of a password anywhere. */
export function mistake(what: string, advice: string): Error {
  return new Error(`DATABASE_URL ${what}: ${advice}.`)
}
