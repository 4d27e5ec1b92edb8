// Whether the process in this container runs: exit code 0, else 1. Balancers ask `/readyz` instead.

import { request } from 'node:http'

const { PORT = '3000' } = process.env
const asked = request(
  { host: '127.0.0.1', port: PORT, path: '/livez', timeout: 2000 },
  ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1),
)
asked.on('timeout', () => process.exit(1))
asked.on('error', () => process.exit(1))
asked.end()
