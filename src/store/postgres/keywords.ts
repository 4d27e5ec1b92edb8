// The keywords of a PostgreSQL address, as libpq calls them (PostgreSQL documentation, "Parameter Key Words").

/** The keywords that the service honours, each with the environment variable that replaces it. */
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

/** All keywords of libpq. Any other word is a setting of PostgreSQL itself, such as `search_path`. */
export const unheededKeywords =
  /^(?:hostaddr|passfile|service(?:file)?|require_auth|keepalives\w*|tcp_user_timeout|replication|gss\w+|krb\w+|ssl\w*|requiressl|requirepeer|load_balance_hosts|client_encoding|m(?:in|ax)_protocol_version|scram_\w+|oauth_\w+)$/

/** The value of a keyword from the address, or else from the environment. */
export type Setting = (keyword: string) => string | undefined

/** It does not show the address, any part of which may belong to a password. */
export function mistake(what: string, advice: string): Error {
  return new Error(`DATABASE_URL ${what}: ${advice}.`)
}
